package modelling_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/internal/modelling/gen/club/clubhttp"
	"ironstar.dev/ops"
)

// serve runs an application on a free port until the test ends, and returns its address.
func serve(t *testing.T, app ops.App) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	args := []string{"--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "app.db")}
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		defer in.Close()
		ended <- app.Run(ctx, args, in, in)
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("the application ended with %d", code)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "serving on "); ok {
			go io.Copy(io.Discard, out)
			return strings.TrimSuffix(address, "/")
		}
		t.Log(lines.Text())
	}
	t.Fatal("the application does not serve")
	return ""
}

// TestJoinOverHTTP posts a form, and sees the page and its feed.
func TestJoinOverHTTP(t *testing.T) {
	site := serve(t, clubApp())
	feed, err := http.Get(site + clubhttp.MembersFeedURL(club.MembersParams{}))
	must(t, err)
	defer feed.Body.Close()

	join := func(member, handle, city string) (status int, body string) {
		t.Helper()
		return answer(t, site+"/join/"+member, url.Values{"handle": {handle}, "city": {city}})
	}
	if status, body := join(ada.String(), "Ada", "<Bern>"); status != 200 || !strings.Contains(body, "<li>ada, &lt;Bern&gt;</li>") {
		t.Errorf("after it was redirected: %d %s", status, body)
	}
	for patch := bufio.NewScanner(feed.Body); ; { // waits for the patch; go test has a timeout
		if !patch.Scan() {
			t.Fatal("the feed ended")
		}
		if strings.Contains(patch.Text(), "<li>ada") {
			break
		}
	}
	for _, test := range []struct {
		member, handle, city string
		status               int
		says                 string
	}{
		{ada.String(), "Ada", "<Bern>", 200, "ada"}, // again
		{grace.String(), "ADA", "Bern", 409, "Somebody has this name already."},
		{grace.String(), "a b", "Bern", 409, "3 to 20 letters"},
		{grace.String(), "grace", "", 422, "city"},
		{"nobody", "grace", "Bern", 404, "id of a member"},
	} {
		if status, body := join(test.member, test.handle, test.city); status != test.status || !strings.Contains(body, test.says) {
			t.Errorf("%+v is answered with %d %s", test, status, body)
		}
	}
	for _, path := range []string{"/club/handle/ada/reserve", "/club/%68andle/ada/release", "/club/handle/ada/expire", "/club/member/" + grace.String() + "/join"} {
		if status, _ := answer(t, site+path, url.Values{"member": {grace.String()}, "handle": {"ada"}, "city": {"Bern"}}); status != 404 {
			t.Errorf("POST %s is answered with %d", path, status)
		}
	}
}

func answer(t *testing.T, address string, form url.Values) (status int, body string) {
	t.Helper()
	resp, err := http.PostForm(address, form)
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(text)
}
