package model

// InCUE returns the name of the field in CUE: its name in JSON, unless @json
// gave it another name there.
func (f *Field) InCUE() string {
	if f.Label != "" {
		return f.Label
	}
	return f.Name
}

// FieldInCUE finds a field of a struct by its name in CUE. It returns nil if
// there is none.
func (t *Type) FieldInCUE(label string) *Field {
	for _, f := range t.Fields {
		if f.InCUE() == label {
			return f
		}
	}
	return nil
}
