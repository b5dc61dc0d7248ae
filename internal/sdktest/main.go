// Command sdktest serves the endpoint for the public Datastar SDK test suite,
// with the encoder of package live. docs/sdk-suite.md says how to use it.
//
//	go run ./internal/sdktest -addr 127.0.0.1:7331
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:7331", "address to listen on")
	flag.Parse()
	if err := run(*addr); err != nil {
		fmt.Fprintln(os.Stderr, "sdktest:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/test\n", l.Addr())
	s := &http.Server{Handler: handler(), ReadHeaderTimeout: 10 * time.Second}
	return s.Serve(l)
}
