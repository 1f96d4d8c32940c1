package workload

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// opFields are what an operation has. On the command line all but the command stand before it: share=80% GET {key}.
func opFields() []field[draftOp] {
	setName, getName := name(func(o *draftOp) *string { return &o.Name })
	setScramble, getScramble := yes(func(o *draftOp) *bool { return &o.Choose.Scramble })
	setLoop, getLoop := yes(func(o *draftOp) *bool { return &o.Choose.Loop })
	setExcept, getExcept := prefix(func(o *draftOp) *string { return &o.Choose.Except })
	setOnly, getOnly := prefix(func(o *draftOp) *string { return &o.Choose.Only })
	return []field[draftOp]{
		{Field{Name: "command", Value: "COMMAND", Usage: "what is sent, with {key}, {id}, {value}, {value:N}, {value:N-M}, {vector:DIM}"}, setCommand, func(o *draftOp) string { return o.Command.String() }},
		{Field{Name: "name", Value: "NAME", Usage: "what it is called in results; not said: the command's first word"}, setName, getName},
		{Field{Name: "share", Value: "N|N%", Usage: "its part of all operations; not said, for all: equal parts"}, setShare, getShare},
		{Field{Name: "ids", Value: "claim|take|sample|cursor", Usage: "who chooses the ID: the next free one, which exists afterwards; the next that exists, which does not afterwards; any one; each that exists, once"}, setIDs, func(o *draftOp) string { return string(o.Choose.Way) }},
		{Field{Name: "hit", Value: "RATIO", Default: "1", Usage: "of sample: the part of IDs that exist"}, setHit, getHit},
		{Field{Name: "dist", Value: "LAW", Usage: "of sample, as `PT.SAMPLE` has it: `uniform`, `zipf 0.99`, `hotspot 0.2 0.8`, `latest 0.99`, `exponential 0.95 0.2`, `normal 0.5 0.1`"}, setDist, getDist},
		{Field{Name: "scramble", Value: "yes|no", Usage: "of sample: the IDs that come often lie anywhere, not in a row"}, setScramble, getScramble},
		{Field{Name: "order", Value: "ascending|random", Usage: "of cursor and take"}, setOrder, getOrder},
		{Field{Name: "loop", Value: "yes|no", Usage: "of cursor: again from the beginning, without end"}, setLoop, getLoop},
		{Field{Name: "limit", Value: "N|N%", Usage: "of cursor and take: so many IDs over all drivers, then it ends"}, setLimit, func(o *draftOp) string { return o.Choose.Limit.String() }},
		{Field{Name: "range", Value: fromTo, Usage: "IDs from FROM to below TO, as numbers or parts: 0-50%, 1M-2M"}, setRange, getRange},
		{Field{Name: "except", Value: "PREFIX", Usage: "without IDs that exist under another prefix"}, setExcept, getExcept},
		{Field{Name: "only", Value: "PREFIX", Usage: "only IDs that exist under another prefix"}, setOnly, getOnly},
	}
}

// fromTo is what a range takes. In a file it may be a list of two, too.
const fromTo = "FROM-TO"

// draftOp is an operation as it is being read.
type draftOp struct {
	Op
	at      string   // where it stands
	said    []string // names of the fields that it has
	share   uint64   // in millionths, of 1 or of all
	shareIs AmountKind
}

func newDraftOp(at string) draftOp {
	o := draftOp{at: at}
	setDefaults(&o, opFields())
	return o
}

func (o *draftOp) has(field string) bool { return slices.Contains(o.said, field) }

func setCommand(o *draftOp, text string) (err error) {
	o.Command, err = ParseTemplate(text)
	return err
}

func setShare(o *draftOp, text string) error {
	part, percent := strings.CutSuffix(text, "%")
	places, is := 6, IsNumber
	if percent {
		places, is = 4, IsPart
	}
	n, ok := fixed(part, places)
	if !ok || n == 0 || percent && n > whole || n > whole*whole {
		return errShare
	}
	o.share, o.shareIs = n, is
	return nil
}

// getShare writes it as the weight that it has become.
func getShare(o *draftOp) string { return strconv.FormatUint(o.Share, 10) }

var errIDs = errors.New("must be claim, take, sample or cursor")

func setIDs(o *draftOp, text string) error {
	if !slices.Contains([]Way{Claim, Take, Sample, Cursor}, Way(text)) {
		return errIDs
	}
	o.Choose.Way = Way(text)
	return nil
}

func setHit(o *draftOp, text string) error {
	n, err := parseRatio(text)
	o.Choose.Hit = float64(n) / whole
	return err
}

func getHit(o *draftOp) string {
	if o.Choose.Way != Sample {
		return ""
	}
	return strconv.FormatFloat(o.Choose.Hit, 'f', -1, 64)
}

var errOrder = errors.New("must be ascending or random")

func setOrder(o *draftOp, text string) error {
	if text != "ascending" && text != "random" {
		return errOrder
	}
	o.Choose.Random = text == "random"
	return nil
}

func getOrder(o *draftOp) string {
	if o.Choose.Random {
		return "random"
	}
	return ""
}

var errLimit = errors.New("must be more than nothing")

func setLimit(o *draftOp, text string) (err error) {
	if o.Choose.Limit, err = ParseAmount(text); err != nil {
		return err
	}
	if o.Choose.Limit.Number == 0 && o.Choose.Limit.Part == 0 {
		return errLimit
	}
	return nil
}

var errRange = errors.New("must be from one number or part to another that is larger, such as 0-50%, 1M-2M or 1000-1000000")

func setRange(o *draftOp, text string) error {
	from, to, ok := strings.Cut(text, "-")
	low, err1 := ParseAmount(strings.TrimSpace(from))
	high, err2 := ParseAmount(strings.TrimSpace(to))
	switch {
	case !ok || err1 != nil || err2 != nil:
		return errRange
	case low.Number == 0 && low.Part == 0:
		low = Amount{Is: high.Is}
	}
	if high.Number == 0 && high.Part == 0 || low.Is == high.Is && (low.Number > high.Number || low.Part > high.Part || low == high) {
		return errRange
	}
	o.Choose.Min, o.Choose.Max = low, high
	return nil
}

func getRange(o *draftOp) string {
	if o.Choose.Max.Is == NoAmount {
		return ""
	}
	return o.Choose.Min.String() + "-" + o.Choose.Max.String()
}
