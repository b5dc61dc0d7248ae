package main

import (
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
	"time"
)

func init() {
	p := os.Getenv("ZZ_FPROF")
	if p == "" || len(os.Args) < 2 || os.Args[1] != pagesFloor {
		return
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR2)
	go func() {
		time.Sleep(6 * time.Second)
		f, _ := os.Create(p)
		pprof.StartCPUProfile(f)
		time.Sleep(12 * time.Second)
		pprof.StopCPUProfile()
		f.Close()
	}()
}
