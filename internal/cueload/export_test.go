package cueload

import "ironstar.dev/internal/model"

// LoadByValue is Load without the short way through the text.
func LoadByValue(dir string) (*model.Schema, error) {
	p := &problems{text: map[string]string{}}
	src, err := readSource(dir, p)
	if err != nil {
		return nil, err
	}
	src.byValue = true
	s, _, err := load(src, p)
	return s, err
}
