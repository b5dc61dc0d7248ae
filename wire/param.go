package wire

// Param is a parameter of a view that has a default. The zero value means the
// default, so code that does not set a parameter keeps its meaning when a
// default is added. Equal choices are equal values.
type Param[T comparable] struct {
	value  T
	chosen bool
}

// Choose returns a parameter with a value; the default becomes the zero value.
func Choose[T comparable](value, byDefault T) Param[T] {
	if value == byDefault {
		return Param[T]{}
	}
	return Param[T]{value, true}
}

// Or returns the chosen value, or the default if none was chosen.
func (p Param[T]) Or(byDefault T) T {
	if p.chosen {
		return p.value
	}
	return byDefault
}
