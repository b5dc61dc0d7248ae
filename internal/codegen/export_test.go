package codegen

// HTMLPattern is for the tests of this package.
var HTMLPattern = htmlPattern
