// Package templates reads the *.templ files of an application and finds Datastar
// expressions that are not constant. Datastar evaluates these attributes as
// programs, so a text of a person in one of them is a program of that person.
//
// It reads files as text, so it works if the application does not compile.
package templates
