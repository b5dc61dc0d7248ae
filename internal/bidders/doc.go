// Package bidders tests the auction house with many people at once. The application
// is a process with a file, which is killed and replaced while people bid over HTTP.
// In the end the tests compare what each of them was told, what each page and each
// feed showed, what was paid and which messages were written with the log. make
// bidders runs them longer.
package bidders
