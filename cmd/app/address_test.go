package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// TestHostAndOrigin: a server answers under the names of its flags only. What it
// refuses says which flag to set.
func TestHostAndOrigin(t *testing.T) {
	ask := func(addr, host, method, path string, header ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(body)
	}
	page, command := todohttp.BoardURL("one", gen.BoardParams{}), todohttp.ListCompleteAllURL("one")

	t.Run("development", func(t *testing.T) {
		addr := freeAddr(t)
		server := launch(t, "-addr", addr, "-db", filepath.Join(t.TempDir(), "app.db"), "--host", "todo.example")
		server.says(t, "serving on")
		for host, want := range map[string]int{addr: 200, "todo.example": 200, "todo.example:81": 200, "evil.example": 421} {
			resp, body := ask(addr, host, "GET", page)
			if resp.StatusCode != want {
				t.Errorf("host %s: %s", host, resp.Status)
			}
			if want == 421 && !strings.Contains(body, "if people reach it as evil.example, start it with --host evil.example") {
				t.Errorf("the answer is %s", body)
			}
		}
		server.says(t, "start it with --host evil.example")
		resp, body := ask(addr, addr, "POST", command, "Origin", "https://todo.example")
		if resp.StatusCode != 403 || !strings.Contains(body, "start it with --origin https://todo.example") {
			t.Errorf("a command of another origin: %s %s", resp.Status, body)
		}
		server.says(t, "start it with --origin https://todo.example")
		server.Process.Signal(os.Interrupt)
		server.ended(t, 0)
	})
	t.Run("https", func(t *testing.T) {
		addr := freeAddr(t)
		server := launch(t, "-addr", addr, "-db", filepath.Join(t.TempDir(), "app.db"), "--origin", "https://todo.example")
		server.says(t, "serving on")
		resp, _ := ask(addr, "todo.example", "GET", page)
		if cookie := resp.Header.Get("Set-Cookie"); resp.StatusCode != 200 || !strings.HasPrefix(cookie, "__Host-") || !strings.Contains(cookie, "; Secure") {
			t.Errorf("a page: %s, cookie %q", resp.Status, cookie)
		}
		// A proxy may pass a command on with another Host.
		if resp, body := ask(addr, addr, "POST", command, "Origin", "https://todo.example"); resp.StatusCode != 202 {
			t.Errorf("a command of its own page: %s %s", resp.Status, body)
		}
		if resp, body := ask(addr, "evil.example", "GET", page); resp.StatusCode != 421 || strings.Contains(body, "--host") {
			t.Errorf("another name: %s %s", resp.Status, body)
		}
		server.says(t, "start it with --host evil.example")
		server.Process.Signal(os.Interrupt)
		server.ended(t, 0)
	})
}
