package soak

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// traced are the system calls with which a program changes files and prints.
const traced = "trace=pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat"

// replay replays the calls of a trace of strace -f -y -xx on a disk.
type replay struct {
	disk   *disk
	dir    string
	output strings.Builder             // what the program printed
	begun  map[string]func(result int) // by thread: the function that ends its current call
	calls  map[string]int
}

func newReplay(dir string) *replay {
	return &replay{disk: newDisk(), dir: dir, begun: map[string]func(int){}, calls: map[string]int{}}
}

// line replays a line: the beginning of a call, its end, or both.
func (p *replay) line(line string) error {
	thread, call, _ := strings.Cut(strings.TrimSpace(line), " ")
	call = strings.TrimSpace(call)
	if strings.HasPrefix(call, "<... ") {
		return p.end(thread, call)
	}
	name, rest, ok := strings.Cut(call, "(")
	if !ok || strings.HasPrefix(call, "+++") || strings.HasPrefix(call, "---") {
		return nil // a signal, or the end of the process
	}
	end, err := p.begin(name, rest)
	if err != nil {
		return fmt.Errorf("%w: %.200s", err, line)
	}
	if end == nil {
		end = func(int) {}
	}
	p.begun[thread] = end
	if strings.HasSuffix(call, "<unfinished ...>") {
		return nil
	}
	return p.end(thread, call)
}

func (p *replay) end(thread, call string) error {
	end := p.begun[thread]
	delete(p.begun, thread)
	_, result, ok := cutLast(call, " = ")
	if !ok || end == nil {
		return fmt.Errorf("cannot read %.200s", call)
	}
	word, _, _ := strings.Cut(result, " ")
	if word == "?" { // the process was killed during the call
		return nil
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return fmt.Errorf("result %q: %w", result, err)
	}
	end(n)
	return nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// begin replays the beginning of a call and returns the function that replays
// its end.
func (p *replay) begin(call, args string) (end func(result int), err error) {
	texts, numbers, err := arguments(args)
	if err != nil || len(texts) == 0 {
		return nil, err
	}
	path := texts[0]
	if call == "write" && strings.HasPrefix(args, "1<") {
		p.output.WriteString(texts[1])
		return nil, nil
	}
	if strings.HasPrefix(call, "rename") || strings.HasPrefix(call, "unlink") {
		texts = within(texts, p.dir)
		if len(texts) == 0 {
			return nil, nil
		}
		path = texts[0]
	}
	if path == p.dir && call == "fsync" {
		p.calls["folder"]++
		return func(n int) {
			if n == 0 {
				p.disk.syncNames()
			}
		}, nil
	}
	if filepath.Dir(path) != p.dir || !interesting(path) {
		return nil, nil
	}
	p.calls[call]++
	return p.change(call, filepath.Base(path), texts, numbers)
}

func (p *replay) change(call, name string, texts []string, numbers []int64) (func(int), error) {
	d := p.disk
	switch call {
	case "pwrite64":
		f := d.file(name)
		o := f.change(&op{off: numbers[len(numbers)-1], data: []byte(texts[1])})
		return func(n int) { f.end(o, n) }, nil
	case "ftruncate":
		f := d.file(name)
		o := f.change(&op{off: numbers[len(numbers)-1], truncate: true})
		return func(n int) { f.end(o, n) }, nil
	case "fsync", "fdatasync":
		end := d.file(name).syncs()
		return func(n int) { end(n == 0) }, nil
	case "unlink", "unlinkat":
		return func(n int) {
			if n == 0 {
				d.rename(func(names map[string]*inode) { delete(names, name) })
			}
		}, nil
	case "rename", "renameat", "renameat2":
		to := filepath.Base(texts[1])
		return func(n int) {
			if n == 0 {
				d.rename(func(names map[string]*inode) { names[to] = names[name]; delete(names, name) })
			}
		}, nil
	}
	return nil, fmt.Errorf("%s of %s is not played", call, name)
}

// interesting reports whether the content of a file matters after a crash. The
// index of the write-ahead log is made anew, and a lock ends with its process.
func interesting(path string) bool {
	return !strings.HasSuffix(path, "-shm") && !strings.HasSuffix(path, ".lock") && !strings.HasSuffix(path, "trace")
}

func within(paths []string, dir string) (some []string) {
	for _, p := range paths {
		if filepath.Dir(p) == dir {
			some = append(some, p)
		}
	}
	return some
}

// arguments parses the hexadecimal texts (including paths of descriptors) and
// the decimal numbers in the arguments of a call.
func arguments(args string) (texts []string, numbers []int64, err error) {
	for len(args) > 0 {
		switch c := args[0]; {
		case c == '"' || c == '<' && strings.HasPrefix(args, `<\x`):
			stop := byte('"')
			if c == '<' {
				stop = '>'
			}
			inside, rest, ok := strings.Cut(args[1:], string(stop))
			if !ok {
				return nil, nil, fmt.Errorf("no end of text")
			}
			text, err := hex.DecodeString(strings.ReplaceAll(inside, `\x`, ""))
			if err != nil {
				return nil, nil, err
			}
			texts = append(texts, string(text))
			args = rest
		case c >= '0' && c <= '9':
			end := strings.IndexFunc(args, func(r rune) bool { return r < '0' || r > '9' })
			if end < 0 {
				end = len(args)
			}
			n, err := strconv.ParseInt(args[:end], 10, 64)
			if err != nil {
				return nil, nil, err
			}
			numbers = append(numbers, n)
			args = args[end:]
		case c == ')' || strings.HasPrefix(args, "<unfinished"):
			return texts, numbers, nil
		default:
			args = args[1:]
		}
	}
	return texts, numbers, nil
}
