package naming_test

import (
	"strings"
	"testing"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

func TestExported(t *testing.T) {
	for name, want := range map[string]string{
		"unitPrice": "UnitPrice", "userId": "UserID", "sku": "Sku", "a-b": "AB", "in_progress": "InProgress", "HTTPServer": "HTTPServer", "": "",
	} {
		if got := naming.Exported(name); got != want {
			t.Errorf("%q is exported as %q, want %q", name, got, want)
		}
	}
}

// TestFilesAreBuiltEverywhere: no name leads to a file that the go command
// ignores or that ironstar takes for another kind of file.
func TestFilesAreBuiltEverywhere(t *testing.T) {
	for name, want := range map[string]string{
		"NextGen": "nextgen.go", "ThingTest": "thingtest.go", "HelloLinux": "hellolinux.go", "Gen": "gen.go", "MyTool": "mytool.go", "Source": "source_type.go", "CompleteAll": "complete_all.go",
	} {
		if got := naming.HandWrittenFile(name); got != want {
			t.Errorf("the file of %s is %s, want %s", name, got, want)
		}
	}
}

func TestImportNames(t *testing.T) {
	for name, want := range map[string]string{"shop": "shop", "time": "timepkg", "v": "vpkg", "len": "lenpkg", "decodeItem": "decodeitempkg"} {
		if got := naming.ImportName(&model.Package{Name: name}); got != want {
			t.Errorf("package %s is imported as %s, want %s", name, got, want)
		}
	}
	same, other := &model.Package{Name: "types", Dir: "a/types"}, &model.Package{Name: "types", Dir: "b/types"}
	if names := naming.Imports([]*model.Package{same, other}, "source"); names[same] == names[other] {
		t.Errorf("two packages are imported as %s", names[same])
	}
}

// TestCollisionsNameBothThings: a collision names both things and their
// positions.
func TestCollisionsNameBothThings(t *testing.T) {
	p := &model.Package{Name: "shop", Dir: "shop", Files: []string{"shop/shop.cue"}}
	payload := &model.Named{Package: p, Name: "CartAdd", GoName: "CartAdd", TSName: "CartAdd", Inline: true, Type: &model.Type{Kind: model.Struct}}
	state := &model.Named{Package: p, Name: "CartState", GoName: "CartState", TSName: "CartState", Inline: true, Type: &model.Type{Kind: model.Struct}}
	p.Types = []*model.Named{{Package: p, Name: "CartAddForm", GoName: "CartAddForm", TSName: "CartAddForm", Pos: model.Pos{Line: 9}, Type: &model.Type{Kind: model.Struct}}}
	p.Aggregates = []*model.Aggregate{{
		Package: p, Name: "Cart", State: &model.Type{Kind: model.Ref, Named: state},
		Commands: []*model.Command{{Name: "Add", Pos: model.Pos{Line: 5}, Payload: payload}},
	}}
	found := naming.Collisions(&model.Schema{Packages: []*model.Package{p}})
	if len(found) != 1 {
		t.Fatalf("got %d collisions: %+v", len(found), found)
	}
	first, second := found[0].First, found[0].Second
	if first.What != "the form fields of command Add" || first.Pos.Line != 5 || second.What != "type #CartAddForm" || second.Pos.Line != 9 ||
		!strings.Contains(second.Hint, "@go") || first.Of != "command Add" || second.Of != "type #CartAddForm" {
		t.Errorf("got %+v", found[0])
	}
}

// TestNamesOfProcesses: the names that code of a process has, and what takes them.
func TestNamesOfProcesses(t *testing.T) {
	p := &model.Package{Name: "shop", Dir: "shop", Files: []string{"shop/shop.cue"}}
	lot := &model.Aggregate{Package: p, Name: "Lot", Pos: model.Pos{Line: 1}}
	closing := &model.Command{Name: "Close", Payload: inline(p, "LotClose")}
	opened := &model.Event{Name: "Opened"}
	timer := &model.Timer{Name: "Closing", Pos: model.Pos{Line: 5}, Payload: inline(p, "HammerClosing")}
	effect := &model.Effect{Name: "Charge", Pos: model.Pos{Line: 6}, Payload: inline(p, "HammerCharge")}
	hammer := &model.Process{
		Package: p, Name: "Hammer", Pos: model.Pos{Line: 4}, On: []model.Source{{Aggregate: lot, Events: []*model.Event{opened}}},
		Sends: []model.Sending{{Aggregate: lot, Commands: []*model.Command{closing}}}, Timers: []*model.Timer{timer}, Effects: []*model.Effect{effect},
	}
	p.Processes = []*model.Process{hammer}
	for got, want := range map[string]string{
		naming.SendCommand(hammer, lot, closing):                          "HammerSendLotClose",
		naming.SetTimer(hammer, timer):                                    "HammerSetClosing",
		naming.CancelTimer(hammer, timer):                                 "HammerCancelClosing",
		naming.EffectAnswer(hammer, effect):                               "HammerChargeAnswer",
		naming.React(lot, opened):                                         "ReactLotOpened",
		naming.Refused(model.CommandOf{Aggregate: lot, Command: closing}): "RefusedLotClose",
		naming.Due.Of(timer.Name):                                         "DueClosing",
		naming.ProcessAction.Of(hammer.Name):                              "HammerAction",
		naming.ProcessID(hammer):                                          "shop.Hammer",
		naming.ProcessFile(hammer):                                        "hammer_process_gen.go",
		naming.AggregateFile(&model.Aggregate{Name: "HammerProcess"}, ""): "hammer_process_aggregate_gen.go",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, name := range []string{
		"HammerAction", "HammerSendLotClose", "HammerSetClosing", "HammerCancelClosing", "HammerChargeAnswer", "HammerEffects", "NewHammer", "HammerName", "HammerFingerprint", "Hammer",
	} {
		p.Types = []*model.Named{{Package: p, Name: name, GoName: name, TSName: name, Pos: model.Pos{Line: 9}, Type: &model.Type{Kind: model.Struct}}}
		if found := naming.Collisions(&model.Schema{Packages: []*model.Package{p}}); len(found) != 1 || found[0].First.Pos.Line == 0 || found[0].Second.Pos.Line != 9 {
			t.Errorf("a type called %s: %+v", name, found)
		}
	}
}

func inline(p *model.Package, name string) *model.Named {
	return &model.Named{Package: p, Name: name, GoName: name, TSName: name, Inline: true, Type: &model.Type{Kind: model.Struct}}
}
