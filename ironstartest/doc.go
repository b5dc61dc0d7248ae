// Package ironstartest tests what is written for Ironstar: aggregates with
// Given/When/Then ([For]), aggregates and views together with random commands
// ([Property]), and stores ([StoreSuite]).
package ironstartest
