// Package ironstartest tests what is written for Ironstar: aggregates with
// Given/When/Then ([For]), aggregates and views together with random commands
// ([Property]), what was released with what it is read as today ([History]), and
// stores ([StoreSuite]).
package ironstartest
