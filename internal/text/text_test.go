package text_test

import (
	"errors"
	"testing"

	"ironstar.dev"
	"ironstar.dev/internal/text"
)

func TestCheckNew(t *testing.T) {
	for id, want := range map[string]string{
		"a": "a", "\u00fc": "\u00fc", "u\u0308": "\u00fc", "हिन्दी": "हिन्दी", "q\u0308": "q\u0308",
		"\u0628\u064e\u0651": "\u0628\u064e\u0651", "\u0628\u0651\u064e": "\u0628\u064e\u0651", // the order of marks
		"\u212b": "\u00c5", "\u1100\u1161": "\uac00",
	} {
		if got := text.Normal(id); got != want {
			t.Errorf("%+q becomes %+q, want %+q", id, got, want)
		}
		err := text.CheckNew(ironstar.Stream{Kind: "a", ID: id})
		if (err == nil) != (id == want) || err != nil && !errors.Is(err, ironstar.ErrStream) {
			t.Errorf("%+q: got %v", id, err)
		}
		if err := text.CheckNew(ironstar.Stream{Kind: "a", ID: want}); err != nil {
			t.Errorf("%+q: got %v", want, err)
		}
	}
}
