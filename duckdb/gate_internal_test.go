package duckdb

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestGate: only allowed hosts are reached, by those who know the password, encrypted, and
// a redirect leads nowhere else.
func TestGate(t *testing.T) {
	other := httptest.NewTLSServer(http.NotFoundHandler())
	defer other.Close()
	allowed := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, other.URL, http.StatusFound)
			return
		}
		io.WriteString(w, "here")
	}))
	defer allowed.Close()
	g, err := openGate([]string{strings.TrimPrefix(allowed.URL, "https://"), "data.example.com", "[::1]"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(g.hosts[1:], " "); got != "data.example.com:443 [::1]:443" {
		t.Errorf("it allows %s", got)
	}
	get := func(address string, user *url.Userinfo) (string, error) {
		proxy := &url.URL{Scheme: "http", Host: g.address(), User: user}
		client := http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
		resp, err := client.Get(address)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		return resp.Status + " " + string(text), err
	}
	duck := url.UserPassword(gateUser, g.password)
	if got, err := get(allowed.URL+"/x", duck); err != nil || got != "200 OK here" {
		t.Errorf("an allowed host: %q, %v", got, err)
	}
	for _, c := range []struct {
		address string
		user    *url.Userinfo
		says    string
	}{
		{other.URL, duck, "Forbidden"},
		{allowed.URL + "/away", duck, "Forbidden"},
		{"https://127.0.0.1:1", duck, "Forbidden"},
		{allowed.URL, nil, "Proxy Authentication Required"},
		{allowed.URL, url.UserPassword(gateUser, "guess"), "Proxy Authentication Required"},
	} {
		if got, err := get(c.address, c.user); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v", c.address, got, err)
		}
	}
	if got, err := get("http"+strings.TrimPrefix(allowed.URL, "https"), duck); err != nil || !strings.HasPrefix(got, "403") {
		t.Errorf("without encryption: %q, %v", got, err)
	}
	if err := g.close(); err != nil {
		t.Error(err)
	}
	if got, err := get(allowed.URL, duck); err == nil {
		t.Errorf("after closing: %q", got)
	}
}

// TestAllowedAddress: the host is compared as a whole.
func TestAllowedAddress(t *testing.T) {
	hosts := []string{"data.example.com", "data.example.com:8443"}
	for address, says := range map[string]string{
		"https://data.example.com/a/b.parquet":         "",
		"https://data.example.com:8443/a.parquet":      "",
		"http://data.example.com/a.parquet":            "begin it with https://",
		"s3://data.example.com/a.parquet":              "begin it with https://",
		"file:///etc/passwd":                           "begin it with https://",
		"/etc/passwd":                                  "begin it with https://",
		"":                                             "begin it with https://",
		"https://data.example.com/*.parquet":           "not the address of one file",
		"https://data.example.com/a.parquet?x=1":       "not the address of one file",
		"https://me:secret@data.example.com/a.parquet": "not the address of one file",
		"https://data.example.com@evil.example/a":      "not the address of one file",
		"https://data.example.com.evil.example/a":      "add it to duckdb.Options.Hosts",
		"https://evil.example/data.example.com/a":      "add it to duckdb.Options.Hosts",
		"https://data.example.com:443/a.parquet":       "add it to duckdb.Options.Hosts",
		"https://DATA.example.com/a.parquet":           "add it to duckdb.Options.Hosts",
		"https://data.example.com\\@evil.example/a":    "not the address of one file",
	} {
		err := allowedAddress(address, hosts)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
