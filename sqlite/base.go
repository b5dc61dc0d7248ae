package sqlite

import "ironstar.dev"

// baseOf finds the append of the same call whose events p counts on: the last
// one before it of the same stream, if that would lead to the version that p
// expects.
func baseOf(p *pending, before []pending) *pending {
	for i := len(before) - 1; i >= 0; i-- {
		if b := &before[i]; b.Stream == p.Stream && len(b.Events) > 0 {
			if b.end() == p.Expected {
				return b
			}
			return nil
		}
	}
	return nil
}

// end is the version to which an append leads.
func (p *pending) end() ironstar.Version { return p.Expected + ironstar.Version(len(p.Events)) }

// baseless reports that p counts on events that are not there. Its version can
// be right all the same, if somebody else has taken the place of those events
// with as many: p was not decided upon what is there.
func (p *pending) baseless() bool {
	return p.base != nil && (p.base.out.Err != nil || p.base.out.Receipt.Version != p.base.end())
}
