package ops

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// textPrinter writes a report for people.
type textPrinter struct {
	out   *bufio.Writer
	named int64
}

func (p *textPrinter) problem(found Problem) {
	if p.named++; p.named == 1 {
		fmt.Fprintf(p.out, "Problems:\n\n")
	}
	fmt.Fprintf(p.out, "%10d  %s/%s, event %d, %s.v%d: %s: %s\n", found.Position,
		oneLine(found.Kind), oneLine(found.ID), found.Sequence, oneLine(found.Type), found.Version, found.Problem, oneLine(found.Reason))
}

func (p *textPrinter) report(r *Report) {
	switch more := r.Unreadable + r.Unfit - p.named; {
	case more > 0 && p.named == 0:
		fmt.Fprintf(p.out, "%d events have problems; --all prints them.\n\n", more)
	case more > 0:
		fmt.Fprintf(p.out, "            and %d more; --all prints each\n\n", more)
	case p.named > 0:
		fmt.Fprintln(p.out)
	}
	fmt.Fprintf(p.out, "%s, log %s: %d events, head %d\n", oneLine(r.Database), r.LogID, r.Events, r.Head)
	p.versions(r)
	p.shapes(r)
	p.views(r)
	p.processes(r)
	p.claims(r)
	fmt.Fprintf(p.out, "\n%s\n", r.conclusion())
}

func (p *textPrinter) versions(r *Report) {
	rows := [][]string{{"EVENT", ">COUNT", ">FIRST", ">LAST", "THIS BUILD"}}
	for _, v := range r.Versions {
		rows = append(rows, []string{fmt.Sprintf("%s.%s.v%d", v.Kind, v.Type, v.Version),
			fmt.Sprint(v.Count), fmt.Sprint(v.First), fmt.Sprint(v.Last), v.says()})
	}
	p.table(rows)
}

// says describes how the build reads the version, and its problems.
func (v *VersionReport) says() string {
	steps := ""
	if v.Steps > 0 {
		steps = fmt.Sprintf("lifted by %s, ", counted(int64(v.Steps), "step"))
	}
	text := ""
	switch v.Reading {
	case ReadCurrent:
		text = "current"
	case ReadLifted:
		text = fmt.Sprintf("%sto v%d", steps, v.Version+v.Steps)
	case ReadRetired:
		text = fmt.Sprintf("retired: %sread as %s", steps, strings.Join(v.Becomes, ", "))
	case ReadForgotten:
		text = "retired: forgotten"
	case ReadUnknown:
		return v.unknown()
	}
	if v.Unreadable > 0 {
		text += fmt.Sprintf("; %d CANNOT BE READ", v.Unreadable)
	}
	if v.Unfit > 0 {
		text += fmt.Sprintf("; %d DO NOT FIT", v.Unfit)
	}
	return text
}

func (v *VersionReport) unknown() string {
	switch {
	case v.aggregate == nil:
		return "UNKNOWN: this build has no aggregate " + v.Kind
	case len(v.Known) == 0:
		return "UNKNOWN: this build has no event " + v.Type
	}
	var known []string
	for _, n := range v.Known {
		known = append(known, "v"+strconv.Itoa(n))
	}
	return "UNKNOWN: this build reads " + strings.Join(known, ", ")
}

func (p *textPrinter) shapes(r *Report) {
	if len(r.Shapes) == 0 {
		return
	}
	rows := [][]string{{"CHANGED AFTER EVENTS WERE STORED", "SHAPE IN THE FILE", "SHAPE OF THIS BUILD"}}
	for _, s := range r.Shapes {
		rows = append(rows, []string{fmt.Sprintf("%s.%s.v%d", s.Kind, s.Type, s.Version), s.Stored, s.Build})
	}
	p.table(rows)
}

func (p *textPrinter) views(r *Report) {
	rows := [][]string{{"VIEW", "KEYED BY", ">EVENTS", "FINGERPRINT", "AT START"}}
	for _, v := range r.Views {
		at := "nothing; a request folds a key from its stream"
		if v.AtStart {
			at = "rebuilt"
		}
		if v.Snapshot > 0 {
			at = fmt.Sprintf("from a snapshot at %d", v.Snapshot)
		}
		keyed := v.Keyed
		if keyed == "global" {
			keyed = "nothing"
		}
		rows = append(rows, []string{v.Name, keyed, fmt.Sprint(v.Events), v.Fingerprint, at})
	}
	if len(rows) > 1 {
		p.table(rows)
	}
	if e := r.Rebuild; e.Seconds > 0 {
		fmt.Fprintf(p.out, "\nThe rebuild takes %s. This is an estimate: preflight read and decoded all events,\nat %.0f/s, and folded the first %d.\n",
			roughly(e.Seconds), e.PerSecond, e.Folded)
	}
}

// conclusion says what would happen to a server of this build, and what people should
// do.
func (r *Report) conclusion() string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if n := len(r.Shapes); n > 0 {
		add("A server of this build will refuse to start: %s changed after the store got events of it.\nPut the change into a new version, or delete this development database.", counted(int64(n), "event version"))
	}
	if r.Unreadable > 0 {
		add("%s cannot be read. A server will refuse commands to their streams%s.", counted(r.Unreadable, "event"), r.stopping())
	}
	if r.Unfit > 0 {
		add("%s can be read, but this build would not store such events, and its code may rely on the constraints.\nWiden them, or release a new version.", counted(r.Unfit, "event"))
	}
	lines = append(lines, r.processProblems()...)
	lines = append(lines, r.claimProblems()...)
	if len(lines) == 0 {
		return "A server of this build can start and read all events."
	}
	return strings.Join(lines, "\n")
}

// stopping lists the views that stop at these events (G10).
func (r *Report) stopping() string {
	text := ""
	for _, v := range r.Views {
		switch {
		case !v.Stops:
			continue
		case v.Keyed == "stream":
			text += fmt.Sprintf(",\nand the keys of %s with these events stand still", v.Name)
		default:
			text += fmt.Sprintf(",\nand %s stands still", v.Name)
		}
	}
	return text
}

// table writes rows in columns, after an empty line.
func (p *textPrinter) table(rows [][]string) {
	p.out.WriteByte('\n')
	printTable(p.out, rows)
}

func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// roughly returns a time without false precision.
func roughly(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	for _, unit := range []time.Duration{time.Minute, time.Second, 100 * time.Millisecond, 10 * time.Millisecond} {
		if d >= 10*unit {
			return "about " + d.Round(unit).String()
		}
	}
	return "less than a tenth of a second"
}

// oneLine removes control sequences for terminals from a text of a database.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return utf8.RuneError
		}
		return r
	}, s)
}
