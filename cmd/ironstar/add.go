package main

import (
	"context"
	"fmt"

	"ironstar.dev/internal/add"
)

// addCmd is `ironstar add`.
type addCmd struct {
	Aggregate addAggregateCmd `cmd:"" help:"Add an aggregate, with its first command, event, refusal and test."`
	Command   addCommandCmd   `cmd:"" help:"Add a command to an aggregate, with the event that it leads to and a test."`
	Event     addEventCmd     `cmd:"" help:"Add an event to an aggregate."`
	View      addViewCmd      `cmd:"" help:"Add a view: the state of an aggregate, or what is folded from events."`
	Process   addProcessCmd   `cmd:"" help:"Add a process: what happens by itself after events."`
	Page      addPageCmd      `cmd:"" help:"Add the page of a view, with a form for each command."`
	Signal    addSignalCmd    `cmd:"" help:"Add signals, which a page keeps in the browser."`
}

// addFlags are the flags of all its commands.
type addFlags struct {
	DryRun bool   `help:"Print the diff, and write nothing."`
	Dir    string `help:"The schema's folder, or the folder that contains it. By default, ironstar searches from the working folder upwards." placeholder:"DIR"`
}

// Help is shown by ironstar add --help.
func (addCmd) Help() string {
	return `Writes the smallest correct CUE at the right place, generates, and puts what is needed into hand-written code: methods,
a first test, and the lines in cmd/app/main.go. In files that you have written it only inserts; comments and formatting
stay. First the schema is checked with what is added: if it has errors, or the name exists, nothing is written. The
diff is printed, and then the places that you fill in.

` + addFieldHelp + `

Examples, one after the other in a new project:

    ironstar add aggregate kitchen.Recipe title:text servings:int
    ironstar add command Recipe.Note text:text 'stars:int?'
    ironstar add view Cookbook --on Recipe.Added 'titles:[string]'
    ironstar add page Cookbook
    ironstar add signal kitchen.Draft text:string
    ironstar add process Reviewer --on Recipe.Added --timer Review
    ironstar add event Recipe.Archived --dry-run`
}

const addFieldHelp = `A field is name:type. Types are string, int, number, bool, decimal, date, time, duration, uuid, bytes, and:

    text           what a person types: 1 to 200 characters, trimmed
    longtext       the same in several lines: 1 to 5000 characters
    low|high       one of some values; 1|2|3 are numbers
    '[string]'     a list; '[low|high]' is a group of boxes
    #Money         a type that is in the schema already; also money.#Money. Structs
                   and unions are written by hand: docs/LANGUAGE.md
    now, actor, newid    in a command: the server fills in the time, who asks, a new UUID

With ? at its end a field may be absent ('due:date?'), and with = it has a default (count:int=1). Quote what your shell
would change.`

// addAggregateCmd is `ironstar add aggregate`.
type addAggregateCmd struct {
	Name    string   `arg:"" help:"Name of the aggregate, such as Recipe, or kitchen.Recipe with its context."`
	Fields  []string `arg:"" optional:"" help:"Fields of its first command, its first event and its state, such as title:text."`
	In      string   `help:"The context: a folder of the schema. By default the only one, or a new one with the name of the aggregate if there is none." placeholder:"CONTEXT"`
	Command string   `default:"Add" help:"Name of the first command."`
	Event   string   `help:"Name of the first event. By default, the past tense of the command." placeholder:"NAME"`
	addFlags
}

// Help is shown by ironstar add aggregate --help.
func (addAggregateCmd) Help() string {
	return `Writes schema/CONTEXT/NAME.cue, the code in internal/app/CONTEXT/NAME.go with a test, and the line in cmd/app/main.go.
The first command can be taken once; then it is refused.

Examples:

    ironstar add aggregate kitchen.Recipe title:text servings:int
    ironstar add aggregate Order --command Place --event Placed total:decimal`
}

// Run adds it.
func (c *addAggregateCmd) Run(ctx context.Context, s *session) error {
	a, err := s.startAdding(ctx, c.addFlags)
	if err != nil {
		return err
	}
	if err := a.aggregate(c); err != nil {
		return err
	}
	return a.finish()
}

// addCommandCmd is `ironstar add command`.
type addCommandCmd struct {
	Name   string   `arg:"" help:"Aggregate and name of the command, such as Recipe.Publish."`
	Fields []string `arg:"" optional:"" help:"Fields of the command and of a new event, such as text:text."`
	Event  string   `help:"Name of the event, which may exist. By default, the past tense of the command; none for a command that leads to no event yet." placeholder:"NAME"`
	addFlags
}

// Help is shown by ironstar add command --help.
func (addCommandCmd) Help() string {
	return `Adds the command, and its event unless that exists. The new methods decide that the event happens, with the fields of the
command, and fold it into fields of the state that have the same names. Change them to what is right.

Examples:

    ironstar add command Recipe.Note text:text 'stars:int?'
    ironstar add command Recipe.Publish
    ironstar add command Recipe.Rename title:text --event Retitled
    ironstar add command Recipe.Check --event none`
}

// Run adds it.
func (c *addCommandCmd) Run(ctx context.Context, s *session) error {
	a, err := s.startAdding(ctx, c.addFlags)
	if err != nil {
		return err
	}
	if err := a.command(c); err != nil {
		return err
	}
	return a.finish()
}

// addEventCmd is `ironstar add event`.
type addEventCmd struct {
	Name   string   `arg:"" help:"Aggregate and name of the event, such as Recipe.Archived: what happened, in the past tense."`
	Fields []string `arg:"" optional:"" help:"Fields of the event, such as reason:string."`
	addFlags
}

// Help is shown by ironstar add event --help.
func (addEventCmd) Help() string {
	return `Adds the event, and the method that folds it into the state. No command leads to it yet: let a Decide method return it.
The next version of an event that exists is written into the schema by hand.

Examples:

    ironstar add event Recipe.Archived
    ironstar add event Order.Shipped at:time carrier:string`
}

// Run adds it.
func (c *addEventCmd) Run(ctx context.Context, s *session) error {
	a, err := s.startAdding(ctx, c.addFlags)
	if err != nil {
		return err
	}
	if err := a.event(c); err != nil {
		return err
	}
	return a.finish()
}

// addViewCmd is `ironstar add view`.
type addViewCmd struct {
	Name   string   `arg:"" help:"Name of the view, such as Cookbook."`
	Fields []string `arg:"" optional:"" help:"Fields of its state, with --on. By default count:int."`
	Of     string   `help:"The aggregate whose state it is, one page for each stream." placeholder:"AGGREGATE"`
	On     []string `help:"The events that it is folded from, such as Recipe.Added,Recipe.Archived." placeholder:"EVENT"`
	Key    string   `default:"global" help:"With --on: global, stream, or a field of all its events: one instance for each value."`
	addFlags
}

// Help is shown by ironstar add view --help.
func (addViewCmd) Help() string {
	return `Adds the view and, with --on, the code that folds it: a field of the event with the same name is taken over, a list
titles gets each title, and count counts events. The view has no page until ironstar add page makes one.

Examples:

    ironstar add view RecipeCard --of Recipe
    ironstar add view Cookbook --on Recipe.Added 'titles:[string]'
    ironstar add view Kinds --on Recipe.Added --key kind`
}

// Run adds it.
func (c *addViewCmd) Run(ctx context.Context, s *session) error {
	a, err := s.startAdding(ctx, c.addFlags)
	if err != nil {
		return err
	}
	if err := a.view(c); err != nil {
		return err
	}
	if err := a.finish(); err != nil {
		return err
	}
	if !c.DryRun {
		a.say("next, if it shall have a page: ironstar add page %s", c.Name)
	}
	return nil
}

// addSignalCmd is `ironstar add signal`.
type addSignalCmd struct {
	Name   string   `arg:"" help:"Name of the signals, such as Draft, or kitchen.Draft with their context. They may exist."`
	Fields []string `arg:"" help:"The signals, such as text:string open:bool."`
	In     string   `help:"The context: a folder of the schema. By default the only one." placeholder:"CONTEXT"`
	addFlags
}

// Help is shown by ironstar add signal --help.
func (addSignalCmd) Help() string {
	return `Adds signals to those of that name, or begins new ones. A text begins empty, a number with 0, a bool with false.

Examples:

    ironstar add signal Draft text:string
    ironstar add signal kitchen.Draft open:bool=true 'error:string?'`
}

// Run adds them.
func (c *addSignalCmd) Run(ctx context.Context, s *session) error {
	a, err := s.startAdding(ctx, c.addFlags)
	if err != nil {
		return err
	}
	if err := a.signals(c); err != nil {
		return err
	}
	return a.finish()
}

// parseFields reads the fields of an argument list.
func parseFields(texts []string) ([]add.Field, error) {
	fields, err := add.ParseFields(texts)
	if err != nil {
		return nil, wrongUse(err, "ironstar add --help lists the types")
	}
	return fields, nil
}

// storedFields reads fields that the server does not fill in.
func storedFields(texts []string) ([]add.Field, error) {
	fields, err := parseFields(texts)
	for _, f := range fields {
		if stored := f.Stored(); stored != f.Type {
			return nil, &trouble{code: codeUsage, message: fmt.Sprintf("the field %s: only a command has fields of type %s, which the server fills in", f.Name, f.Type), hint: fmt.Sprintf("write %s:%s", f.Name, stored)}
		}
	}
	return fields, err
}

func wrongUse(err error, hint string, args ...any) error {
	return &trouble{code: codeUsage, message: err.Error(), hint: fmt.Sprintf(hint, args...)}
}
