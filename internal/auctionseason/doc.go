// Package auctionseason makes a season of the auction house: months of lots and bids, in
// minutes, for tests and demonstrations of questions over everything that happened.
//
// The code of the application decides everything, as it does in a server: a season gives
// commands to the aggregates, and the processes react. What differs is the time. A season
// has a clock of its own, so a timer is due when that clock has come to it, and nothing
// waits. The events go to the store in batches.
//
// The same options make the same events, so a season that was interrupted is continued by
// making it again: what is stored already is compared, and not stored twice.
package auctionseason
