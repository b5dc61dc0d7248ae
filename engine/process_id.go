package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ironstar.dev"
)

// maxDepth is how many commands of processes may lead to one another.
const maxDepth = 32

// cause is what leads to actions of a process: an event or a timer.
type cause struct {
	id          string // differs for each cause, also of another history with the same positions
	position    ironstar.Position
	correlation string
	depth       int       // commands of processes that led to it
	notBefore   time.Time // the present, at least
}

// ofEvent returns an event as a cause. Its id has the time at which the event was
// stored, because after a restored backup another event can have its position.
func (p *process[S]) ofEvent(key string, r *ironstar.Record) (cause, error) {
	m, err := r.Metadata()
	if err != nil {
		return cause{}, err
	}
	c := cause{
		id:          hash(p.engine.store.LogID(), p.def.Name, key, fmt.Sprint(r.Position), fmt.Sprint(r.RecordedAt.UnixMicro()), string(r.Payload)),
		position:    r.Position,
		correlation: m.Correlation, depth: depthOf(m.Causation), notBefore: r.RecordedAt,
	}
	if c.correlation == "" {
		c.correlation = strings.TrimSpace(fmt.Sprintf("%s at %d", m.CommandID, r.Position))
	}
	return c, nil
}

// ofTimer returns a timer that is due as a cause.
func (p *process[S]) ofTimer(t *ironstar.Timer, at ironstar.Position) cause {
	return cause{
		id:       hash(t.ID, t.Key, t.Name, fmt.Sprint(t.At.UnixMicro())),
		position: at, correlation: t.Metadata.Correlation, depth: depthOf(t.Metadata.Causation), notBefore: t.At,
	}
}

// ofOutgoing returns something that was sent as a cause: its answer leads to actions.
func (p *process[S]) ofOutgoing(o *ironstar.Outgoing, at ironstar.Position) cause {
	return cause{
		id:       hash(o.ID, "answer"),
		position: at, correlation: o.Metadata.Correlation, depth: depthOf(o.Metadata.Causation), notBefore: o.NotBefore,
	}
}

// action returns the id of an action, and its metadata.
func (c *cause) action(process string, index int) (id string, m ironstar.Metadata) {
	return hash(c.id, fmt.Sprint(index)), ironstar.Metadata{
		Correlation: short(c.correlation),
		Causation:   short(fmt.Sprintf("%s at %d depth %d", process, c.position, c.depth+1)),
	}
}

func short(text string) string {
	if len(text) > ironstar.MaxMetadata {
		text = strings.ToValidUTF8(text[:ironstar.MaxMetadata], "")
	}
	return text
}

// depthOf returns how many commands of processes led to something with a causation.
func depthOf(causation string) int {
	i := strings.LastIndexByte(causation, ' ')
	if i < 0 || !strings.HasSuffix(causation[:i], " depth") {
		return 0
	}
	n, err := strconv.Atoi(causation[i+1:])
	if err != nil {
		return 0
	}
	return n
}

// hash returns a text of 32 digits for some texts.
func hash(texts ...string) string {
	h := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(h, "%d %s\n", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// originOf returns what is injected into a command of a process. Its present is not
// before what led to it, also if the clock went back. Its UUIDs are the same at each
// attempt. Nobody acts.
func originOf(o *ironstar.Outgoing) ironstar.Origin {
	made := 0
	return ironstar.Origin{
		Now: func() time.Time {
			if now := time.Now(); now.After(o.NotBefore) {
				return now
			}
			return o.NotBefore
		},
		NewUUID: func() ironstar.UUID {
			made++
			return uuidOf(fmt.Sprint(o.ID, made))
		},
	}
}

// uuidOf returns a UUID that follows from a text. Its version is 8, for those that are
// made by a rule of their own (RFC 9562).
func uuidOf(text string) ironstar.UUID {
	sum := sha256.Sum256([]byte(text))
	u := ironstar.UUID(sum[:16])
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return u
}
