package ops_test

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"ironstar.dev/ops"
)

// whileServing runs an application on a free port with a new database and calls
// use with its address, and then stops it. It returns the exit code and what the
// application printed.
func whileServing(app ops.App, use func(url string), flags ...string) (code int, printed string) {
	dir, err := os.MkdirTemp("", "ops")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		args := append([]string{"--addr", "127.0.0.1:0", "--db", filepath.Join(dir, "app.db")}, flags...)
		code := app.Run(ctx, args, io.Discard, w)
		w.Close()
		ended <- code
	}()
	var all strings.Builder
	for lines := bufio.NewScanner(r); lines.Scan(); {
		fmt.Fprintln(&all, lines.Text())
		if address, ok := strings.CutPrefix(lines.Text(), "serving on "); ok {
			go func() {
				defer stop()
				use(strings.TrimSuffix(address, cmp.Or(app.Welcome, "/")))
			}()
		}
	}
	return <-ended, all.String()
}

// get returns the status and the body of an answer.
func get(url string) string {
	resp, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(resp.StatusCode, " ", string(body))
}
