// Package bidders tests the auction house with many people at once. The application
// is a process with a file, which is killed and replaced while people bid over HTTP.
// In the end the tests compare the answers that each of them got, what each page and
// each feed showed, the payments and the messages with the log. make bidders runs them
// longer.
package bidders
