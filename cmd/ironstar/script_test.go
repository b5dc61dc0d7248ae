package main

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ironstar.dev/internal/assets"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"ironstar": func() {
			if sum := os.Getenv("TEST_DATASTAR_SHA256"); sum != "" {
				datastar = func(file string) assets.Datastar { return assets.Datastar{File: file, SHA256: sum} }
			}
			os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

// TestScripts runs testdata/script, which has a script for each command and each
// promise. This runs a single script:
//
//	go test ./cmd/ironstar -run TestScripts/generate_check
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			self, err := exec.LookPath("ironstar")
			e.Setenv("IRONSTAR", self)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit": exitCode,
			"crlf": crlf,
		},
	})
}
