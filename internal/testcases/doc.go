// Package testcases makes JSON for tests of a schema: values near the limits of a
// type ([Cases]), golden samples of payloads ([Samples]), and old payloads with the
// results of upcasters. An [Oracle], which is CUE, decides which values a type
// allows. [RecordCases] records its verdicts for the tests of generated code. The
// JSON depends on the schema only.
//
//	case      JSON, and the change of a valid value that made it
//	mutation  a change to one node of a valid value
//	node      a value of a case while it is made, as a tree
//	sample    JSON of a payload that a store may hold
package testcases
