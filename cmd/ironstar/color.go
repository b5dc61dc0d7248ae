package main

import (
	"bytes"
	"io"
	"os"
)

const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	cyan  = "\x1b[36m"
	plain = "\x1b[0m"
)

// paint colours text line by line, if w is a terminal and colours are wanted.
func paint(w io.Writer, text []byte, color func(line []byte) string) []byte {
	if !wantsColor(w) {
		return text
	}
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		body := bytes.TrimSuffix(line, []byte("\n"))
		if c := color(body); c != "" && len(body) > 0 {
			b.WriteString(c)
			b.Write(body)
			b.WriteString(plain)
		} else {
			b.Write(body)
		}
		b.Write(line[len(body):])
	}
	return b.Bytes()
}

// wantsColor follows no-color.org.
func wantsColor(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func paintText(line []byte) string {
	switch {
	case bytes.HasPrefix(line, []byte("      | ")):
		return red
	case bytes.HasPrefix(line, []byte("      = ")):
		return cyan
	case len(line) > 0 && line[0] != ' ':
		return bold
	}
	return ""
}

func paintDiff(line []byte) string {
	switch {
	case bytes.HasPrefix(line, []byte("+++")), bytes.HasPrefix(line, []byte("---")), bytes.HasPrefix(line, []byte("diff ")):
		return bold
	case bytes.HasPrefix(line, []byte("+")):
		return green
	case bytes.HasPrefix(line, []byte("-")):
		return red
	case bytes.HasPrefix(line, []byte("@@")):
		return cyan
	}
	return ""
}
