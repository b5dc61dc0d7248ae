package naming

import "ironstar.dev/internal/model"

// Names of the Go package that belong to a process.
var (
	Process            = Pattern{"*", "the interface of the hand-written side of"}
	ProcessConstructor = Pattern{"New*", "the constructor of"}
	ProcessName        = Pattern{"*Name", "the name of"}
	ProcessFingerprint = Pattern{"*Fingerprint", "the fingerprint of"}
	ProcessAction      = Pattern{"*Action", "the interface of all actions of"}
	ProcessEffects     = Pattern{"*Effects", "the interface of the hand-written effects of"} // if there are any
	ProcessKeys        = Pattern{"keysOf*", "the function that lists keys of"}
	ReactTo            = Pattern{"react*", "the function that gives an event to"}
	TimerDue           = Pattern{"due*", "the function that gives a timer to"}
	CommandRefused     = Pattern{"refused*", "the function that gives a refusal to"}
	PerformEffect      = Pattern{"perform*", "the function that does an effect of"}
	TellAnswer         = Pattern{"answer*", "the function that makes a command of an answer of an effect of"}
)

var ofProcess = []Pattern{ProcessConstructor, ProcessName, ProcessFingerprint, ProcessAction, ProcessEffects, ProcessKeys, ReactTo, TimerDue, CommandRefused,
	PerformEffect, TellAnswer}

// SendCommand returns the name of the action that sends a command: HammerSendLotClose.
func SendCommand(p *model.Process, a *model.Aggregate, c *model.Command) string {
	return p.Name + "Send" + a.Name + c.Name
}

// SetTimer returns the name of the action that sets a timer: HammerSetClosing.
func SetTimer(p *model.Process, t *model.Timer) string { return p.Name + "Set" + t.Name }

// CancelTimer returns the name of the action that cancels a timer:
// HammerCancelClosing.
func CancelTimer(p *model.Process, t *model.Timer) string { return p.Name + "Cancel" + t.Name }

// EffectAnswer returns the name of the type of what a handler of an effect says:
// HammerChargeAnswer.
func EffectAnswer(p *model.Process, e *model.Effect) string { return p.Name + e.Name + "Answer" }

// Methods of a process's hand-written code, and of that of its effects.
var (
	Due     = Pattern{"Due*", "the method that is called at the time of"}
	Perform = Pattern{"*", "the method that does"}
)

// React returns the name of the method with which a process reacts to an event.
func React(a *model.Aggregate, e *model.Event) string { return "React" + a.Name + e.Name }

// Refused returns the name of the method with which a process reacts to the
// refusal of a command.
func Refused(c model.CommandOf) string { return "Refused" + c.Aggregate.Name + c.Command.Name }

// ProcessID returns a process's name in the store and in logs: "todo.Hammer".
func ProcessID(p *model.Process) string { return p.Package.Name + "." + p.Name }

// ProcessFile returns the name of the file of a process.
func ProcessFile(p *model.Process) string { return fileBase(p.Name) + "_process_gen.go" }

// process adds the names of a process in the Go package.
func (t *table) process(scope string, p *model.Process) {
	what := "process #" + p.Name
	t.of(scope, p.Name, what, p.Pos, "", Process)
	t.of(scope, p.Name, what, p.Pos, "", ofProcess...)
	for _, c := range p.Commands() {
		t.addOf(scope, SendCommand(p, c.Aggregate, c.Command), "the action with which "+what+" sends "+c.Aggregate.Name+"."+c.Command.Name, what, p.Pos, "")
	}
	for _, one := range p.Timers {
		timer := "timer " + one.Name
		t.named(one.Payload, message, timer)
		t.addOf(scope, SetTimer(p, one), "the action that sets "+timer, timer, one.Pos, "")
		t.addOf(scope, CancelTimer(p, one), "the action that cancels "+timer, timer, one.Pos, "")
	}
	for _, e := range p.Effects {
		effect := "effect " + e.Name
		t.named(e.Payload, message, effect)
		t.addOf(scope, EffectAnswer(p, e), "the answer of "+effect, effect, e.Pos, "")
	}
	t.inline(p.State, nameless, "the state of #"+p.Name)
	t.processMethods(p)
}

// processMethods adds the methods of a process's hand-written code.
func (t *table) processMethods(p *model.Process) {
	scope := "the methods of " + p.Name + " of package " + inFolder(t.pkg.Name, t.pkg)
	what := "process #" + p.Name
	t.add(scope, SourceMethod, "the method that gives the code of "+what, p.Pos)
	t.add(scope, InitialMethod, "the first state of "+what, p.Pos)
	for _, on := range p.On {
		for _, e := range on.Events {
			t.add(scope, React(on.Aggregate, e), "the method that reacts to event "+e.Name+" of #"+on.Aggregate.Name, e.Pos)
		}
	}
	for _, one := range p.Timers {
		t.of(scope, one.Name, "timer "+one.Name, one.Pos, "", Due)
	}
	for _, c := range p.Refused {
		t.add(scope, Refused(c), "the method that reacts to a refusal of command "+c.Command.Name+" of #"+c.Aggregate.Name, c.Command.Pos)
	}
	for _, e := range p.Effects {
		t.of("the methods of the effects of "+p.Name+" of package "+inFolder(t.pkg.Name, t.pkg), e.Name, "effect "+e.Name, e.Pos, "", Perform)
	}
}
