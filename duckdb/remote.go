package duckdb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"ironstar.dev"
)

// allowedAddress returns why a file may not be read.
func allowedAddress(address string, hosts []string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https" || u.User != nil || strings.ContainsAny(address, "*?[{\\"):
		return fmt.Errorf("%q is not the address of one file: begin it with https:// and a host", address)
	case !slices.Contains(hosts, u.Host):
		return fmt.Errorf("the host %s is not allowed: add it to duckdb.Options.Hosts", u.Host)
	}
	return nil
}

// installing is how long getting the extension may take.
const installing = 30 * time.Second

// reachHosts loads what reads files of other hosts, and lets it reach only those that are
// allowed. Without the extension, questions about such files say so, and all others are
// answered.
func (t *Tables) reachHosts(ctx context.Context) error {
	if t.opts.Extensions != "" {
		if err := t.setText(ctx, "extension_directory", t.opts.Extensions); err != nil {
			return err
		}
	}
	if t.noRemote = t.loadExtension(ctx); t.noRemote != nil {
		return nil
	}
	gate, err := openGate(t.opts.Hosts)
	if err != nil {
		return err
	}
	t.gate = gate
	return errors.Join(
		t.setText(ctx, "http_proxy", gate.address()),
		t.setText(ctx, "http_proxy_username", gateUser),
		t.setText(ctx, "http_proxy_password", gate.password))
}

func (t *Tables) setText(ctx context.Context, name, value string) error {
	if _, err := t.db.ExecContext(ctx, "SET GLOBAL "+name+" = "+literal(value)); err != nil {
		return fmt.Errorf("set %s: %w", name, err)
	}
	return nil
}

// loadExtension loads httpfs, which is no part of DuckDB's library.
func (t *Tables) loadExtension(ctx context.Context) error {
	if _, err := t.db.ExecContext(ctx, "LOAD httpfs"); err == nil {
		return nil
	}
	ctx, end := context.WithTimeout(ctx, installing)
	defer end()
	if _, err := t.db.ExecContext(ctx, "INSTALL httpfs"); err != nil {
		return fmt.Errorf("%w: DuckDB's extension httpfs is not installed, and cannot be downloaded now. Install it on a machine that reaches extensions.duckdb.org, and name its folder in duckdb.Options.Extensions: %s", ironstar.ErrNoEngine, firstLine(err))
	}
	if _, err := t.db.ExecContext(ctx, "LOAD httpfs"); err != nil {
		return fmt.Errorf("%w: DuckDB's extension httpfs cannot be loaded: %s", ironstar.ErrNoEngine, firstLine(err))
	}
	return nil
}
