package cueload

// slot is the meaning of a label in a schema.
type slot int

const (
	slotUnknown slot = iota // the reader or CUE reports it
	slotType
	slotAggregate
	slotView
	slotSection // command, event, refusal, retired
	slotID      // the ids of an aggregate
	slotSetting // of, on, key, scope, missing
	slotSource  // an aggregate, in on
	slotState   // of an aggregate or a view
	slotParams  // of a view
	slotProcess
	slotSend    // a setting of a process: on, key, sends, refused, ignore, start, was
	slotSent    // an aggregate, in on or sends
	slotWaits   // timer, effect
	slotTimer   // its fields
	slotEffect  // data, done, failed, within
	slotEnd     // done, failed, within
	slotData    // of an effect: its fields
	slotName    // of a command or a refusal
	slotEvent   // an event, in use or retired
	slotVersion // v1, v2
	slotStep    // toV2, becomes
	slotStepField
	slotField // of a payload, a state, a struct
	slotKeys  // [string]
	slotHidden
	slotList      // list, row, filter, sort, page of a list, and what is in them
	slotCondition // where of a list, and what is in it
	slotMore      // more fields of a list's rows
	slotQuery
	slotAsked  // a setting of a query, and what is in it
	slotAsking // the parameters of a query, or the columns of its rows
)

// slots describes the slots for messages. marks means that ? and ! have an
// effect there, read that the reader reads the attributes there.
var slots = map[slot]struct {
	what  string
	marks bool
	read  bool
}{
	slotType:      {what: "a definition", read: true},
	slotAggregate: {what: "an aggregate", read: true},
	slotView:      {what: "a view", read: true},
	slotSection:   {what: "a section of an aggregate"},
	slotID:        {what: "the ids of an aggregate"},
	slotSetting:   {what: "a setting of a view"},
	slotSource:    {what: "the events of an aggregate in a view"},
	slotState:     {what: "a state"},
	slotParams:    {what: "the parameters of a view", read: true},
	slotProcess:   {what: "a process", read: true},
	slotSend:      {what: "a setting of a process"},
	slotSent:      {what: "the names of an aggregate in a process"},
	slotWaits:     {what: "a section of a process"},
	slotTimer:     {what: "a timer", read: true},
	slotEffect:    {what: "an effect", read: true},
	slotEnd:       {what: "a setting of an effect"},
	slotData:      {what: "the data of an effect", read: true},
	slotName:      {what: "a command or a refusal", read: true},
	slotEvent:     {what: "an event", read: true},
	slotVersion:   {what: "a version of an event", read: true},
	slotStep:      {what: "a step"},
	slotStepField: {what: "a field of a step"},
	slotField:     {what: "a field", marks: true, read: true},
	slotKeys:      {what: "the keys of a map"},
	slotHidden:    {what: "a hidden field"},
	slotList:      {what: "a setting of a list"},
	slotCondition: {what: "a condition of a list"},
	slotMore:      {what: "the fields that are added to rows", read: true},
	slotQuery:     {what: "a query", read: true},
	slotAsked:     {what: "a setting of a query"},
	slotAsking:    {what: "the fields of a query", read: true},
}

// parts maps the labels that a slot has to their slots.
var parts = map[slot]map[string]slot{
	slotAggregate: {"id": slotID, "state": slotState, "command": slotSection, "event": slotSection, "refusal": slotSection, "retired": slotSection},
	slotView: {"of": slotSetting, "on": slotSetting, "key": slotSetting, "scope": slotSetting, "missing": slotSetting,
		"param": slotParams, "state": slotState,
		"list": slotList, "where": slotCondition, "row": slotList, "more": slotMore, "filter": slotList, "sort": slotList, "page": slotList, "shows": slotList},
	slotQuery: {"on": slotSend, "engine": slotAsked, "view": slotAsked, "param": slotAsking, "window": slotAsked, "row": slotAsking,
		"rows": slotAsked, "fresh": slotAsked, "within": slotAsked},
	slotProcess: {"on": slotSend, "key": slotSend, "sends": slotSend, "refused": slotSend, "ignore": slotSend, "start": slotSend, "was": slotSend,
		"timer": slotWaits, "effect": slotWaits, "state": slotState},
	slotEffect: {"data": slotData, "done": slotEnd, "failed": slotEnd, "within": slotEnd},
}

// part returns the slot of a label in a slot.
func (p slot) part(label string) slot {
	switch p {
	case slotAggregate, slotView, slotProcess, slotEffect, slotQuery:
		return parts[p][label]
	case slotSetting:
		return slotSource
	case slotSend:
		return slotSent
	case slotList, slotCondition, slotAsked:
		return p
	case slotEvent:
		if n, step := versionOf(label); step || label == "becomes" {
			return slotStep
		} else if n > 0 {
			return slotVersion
		}
		return slotUnknown
	case slotStep, slotStepField:
		return slotStepField
	}
	return slotField
}

// element returns the slot of a list's elements. The elements of becomes are
// steps; those of other lists are types.
func (p slot) element() slot {
	switch p {
	case slotStep, slotStepField:
		return slotStepField
	case slotList, slotCondition, slotAsked:
		return p
	}
	return slotField
}
