// Package ironstartest tests code for Ironstar: aggregates with Given/When/Then
// ([For]), aggregates and views with random commands ([Property]), released events
// with the current code ([History]), and stores ([StoreSuite]).
package ironstartest
