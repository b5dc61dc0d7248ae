package engine

import "fmt"

// FindHandler sets h to what [Run] returned for a kind of aggregate. An error
// says that the engine has no such aggregate, or that C is not the type of its
// commands.
func FindHandler[C any](e *Engine, kind string, h *Handler[C]) error {
	added, ok := e.handlers[kind]
	if !ok {
		return fmt.Errorf("the engine has no aggregate %s: add its domain before", kind)
	}
	found, ok := added.(Handler[C])
	if !ok {
		return fmt.Errorf("the handler of aggregate %s is a %T, not a %T", kind, added, h)
	}
	*h = found
	return nil
}

// FindReader sets r to what [Follow] returned for the view with this name. An
// error says that the engine has no such view, or that S is not the type of its
// state.
func FindReader[S any](e *Engine, name string, r **Reader[S]) error {
	for _, p := range e.views {
		if p.about().Name != name {
			continue
		}
		found, ok := p.(*view[S])
		if !ok {
			return fmt.Errorf("view %s is a %T, not a %T", name, p, found)
		}
		*r = &Reader[S]{found}
		return nil
	}
	return fmt.Errorf("the engine has no view %s: add its domain before", name)
}
