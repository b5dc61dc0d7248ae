package historytest

import (
	"embed"
	"fmt"

	"ironstar.dev/internal/historytest/gen/kinds"
)

// Sample stores values and how Go prints them: a time with its zone, a zero
// with its sign.
type Sample struct{}

var _ kinds.Sample = Sample{}

// Source returns this folder's code.
func (Sample) Source() embed.FS { return source }

// Initial is empty.
func (Sample) Initial() kinds.SampleState { return kinds.SampleState{} }

// DecideRecord accepts any value.
func (Sample) DecideRecord(_ kinds.SampleState, c kinds.SampleRecord) ([]kinds.SampleEvent, error) {
	return []kinds.SampleEvent{kinds.SampleRecorded{Value: c.Value, At: c.At}}, nil
}

// DecideLook does nothing.
func (Sample) DecideLook(kinds.SampleState, kinds.SampleLook) ([]kinds.SampleEvent, error) {
	return nil, nil
}

// DecideFill does nothing.
func (Sample) DecideFill(kinds.SampleState, kinds.SampleFill) ([]kinds.SampleEvent, error) {
	return nil, nil
}

// EvolveRecorded stores the value.
func (Sample) EvolveRecorded(s kinds.SampleState, e kinds.SampleRecorded) kinds.SampleState {
	v := e.Value
	s.Seen = append(s.Seen, v)
	s.Texts = append(s.Texts, fmt.Sprint(e.At, v.At, v.Ratio, v.Cost, v.Times, v.Grid, v.Costs, v.Agenda, v.Shape, v.Shapes))
	return s
}
