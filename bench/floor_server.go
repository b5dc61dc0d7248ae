package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

// listenAndPrint serves on a free port, and prints the address as the application does.
func listenAndPrint(h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%shttp://%s\n", servingOn, l.Addr())
	return http.Serve(l, h)
}
