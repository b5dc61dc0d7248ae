package ops

import (
	"bufio"
	"encoding/json"
)

// printer writes a report. It writes each problem at once, so that many problems do
// not fill the memory, and the rest at the end.
type printer interface {
	problem(Problem)
	report(*Report)
}

// jsonPrinter writes a report as one JSON object. The problems come first.
type jsonPrinter struct {
	out   *bufio.Writer
	begun bool
}

func (p *jsonPrinter) problem(found Problem) {
	if p.begun {
		p.out.WriteString(",\n")
	} else {
		p.out.WriteString("{\"problems\": [\n")
	}
	p.begun = true
	p.out.Write(encoded(found))
}

func (p *jsonPrinter) report(r *Report) {
	if p.begun {
		p.out.WriteString("\n],\n")
	} else {
		p.out.WriteString("{\"problems\": [],\n")
	}
	p.out.Write(encoded(r)[1:]) // without its brace
	p.out.WriteByte('\n')
}

func encoded(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // all parts of a report have JSON
	}
	return text
}
