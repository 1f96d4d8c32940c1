package bitmap_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// opKind is what an operation did to, or said about, one ID.
type opKind uint8

const (
	opTest         opKind = iota
	opFind                // a finder's word on the ID: set (true) or not at some moment of its call
	opTestAndSet          // true: this call set it
	opTestAndClear        // true: this call cleared it
	opClaim               // handed out by a claim
	opTake                // handed out by a take
	opSetRange            // in the range set; whether it was set before is not known
	opClearRange          // in the range cleared
	opClearAll            // of the whole map; the ID means nothing
)

var opNames = [...]string{"Test", "find", "TestAndSet", "TestAndClear", "claim", "take", "SetRange", "ClearRange", "ClearAll"}

func (k opKind) String() string               { return opNames[k] }
func (k opKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// bitOp is an operation's part in the history of one ID, the model's input.
// The output is a bool.
type bitOp struct {
	Kind opKind
	ID   uint64
}

// stepBit is the sequential specification of one bit, a test-and-set register.
func stepBit(set bool, kind opKind, out bool) (legal, next bool) {
	switch kind {
	case opTest, opFind:
		return out == set, set
	case opTestAndSet, opClaim:
		return out == !set, true
	case opTestAndClear, opTake:
		return out == set, false
	case opSetRange:
		return true, true
	case opClearRange:
		return true, false
	default:
		panic("no operation on one bit: " + kind.String())
	}
}

func describeOp(input, output any) string {
	op := input.(bitOp)
	switch op.Kind {
	case opClearAll:
		return "ClearAll()"
	case opSetRange, opClearRange:
		return fmt.Sprintf("%v(.. %d ..)", op.Kind, op.ID)
	}
	return fmt.Sprintf("%v(%d) = %v", op.Kind, op.ID, output)
}

// bitModel is the set as independent bits, initially clear: what a history of
// operations promises holds ID by ID, so each ID's history is checked alone.
var bitModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byID := map[uint64][]porcupine.Operation{}
		for _, op := range history {
			id := op.Input.(bitOp).ID
			byID[id] = append(byID[id], op)
		}
		parts := make([][]porcupine.Operation, 0, len(byID))
		for _, part := range byID {
			parts = append(parts, part)
		}
		slices.SortFunc(parts, func(a, b []porcupine.Operation) int {
			return int(a[0].Input.(bitOp).ID) - int(b[0].Input.(bitOp).ID)
		})
		return parts
	},
	Init: func() any { return false },
	Step: func(state, input, output any) (bool, any) {
		return stepBit(state.(bool), input.(bitOp).Kind, output.(bool))
	},
	DescribeOperation: describeOp,
}

// clearIDs is the universe of clearModel: an ID of each kind of home, two of
// them neighbours.
var clearIDs = []uint64{0, 4095, 4096, 1 << 18}

// clearModel is the set as one state, for ClearAll touches all bits at once.
var clearModel = porcupine.Model{
	Init: func() any { return uint8(0) },
	Step: func(state, input, output any) (bool, any) {
		bits, op := state.(uint8), input.(bitOp)
		if op.Kind == opClearAll {
			return true, uint8(0)
		}
		bit := uint8(1) << slices.Index(clearIDs, op.ID)
		legal, set := stepBit(bits&bit != 0, op.Kind, output.(bool))
		if set {
			return legal, bits | bit
		}
		return legal, bits &^ bit
	},
	DescribeOperation: describeOp,
	DescribeState:     func(state any) string { return fmt.Sprintf("%04b", state) },
}

// did is an operation on ID 0 in the closed interval [call, ret].
func did(call, ret int64, kind opKind, out bool) porcupine.Operation {
	return porcupine.Operation{ClientId: int(call), Call: call, Return: ret, Input: bitOp{Kind: kind}, Output: out}
}

// A checker is worth what it rejects.
func TestModel_RejectsKnownBadHistories(t *testing.T) {
	t.Parallel()
	for name, history := range map[string][]porcupine.Operation{
		"two claims of one ID":                  {did(1, 4, opClaim, true), did(2, 3, opClaim, true)},
		"two claims, a lost race between":       {did(1, 2, opClaim, true), did(3, 4, opTestAndSet, false), did(5, 6, opClaim, true)},
		"claim after a set":                     {did(1, 2, opTestAndSet, true), did(3, 4, opClaim, true)},
		"two winners of a set":                  {did(1, 4, opTestAndSet, true), did(2, 3, opTestAndSet, true)},
		"no winner of a set":                    {did(1, 4, opTestAndSet, false), did(2, 3, opTestAndSet, false)},
		"two winners of a clear":                {did(1, 2, opTestAndSet, true), did(3, 6, opTestAndClear, true), did(4, 5, opTestAndClear, true)},
		"two takes of one ID":                   {did(1, 2, opSetRange, true), did(3, 6, opTake, true), did(4, 5, opTake, true)},
		"take of what was never set":            {did(1, 2, opTake, true)},
		"Test false after a completed set":      {did(1, 2, opTestAndSet, true), did(3, 4, opTest, false)},
		"Test false after a completed SetRange": {did(1, 2, opSetRange, true), did(3, 4, opTest, false)},
		"Test true after a completed clear":     {did(1, 2, opClaim, true), did(3, 4, opTestAndClear, true), did(5, 6, opTest, true)},
		"Test true before any set":              {did(1, 2, opTest, true), did(3, 4, opTestAndSet, true)},
		"reads go back in time":                 {did(1, 9, opTestAndSet, true), did(2, 3, opTest, true), did(4, 5, opTest, false)},
		"free ID passed over":                   {did(1, 2, opClaim, true), did(3, 4, opTestAndClear, true), did(5, 6, opFind, true)},
		"set ID passed over":                    {did(1, 2, opClaim, true), did(3, 4, opFind, false)},
		"a lost update":                         {did(1, 4, opClaim, true), did(2, 3, opTest, false), did(5, 6, opFind, false)},
	} {
		for model, m := range map[string]porcupine.Model{"bit": bitModel, "clear": clearModel} {
			if porcupine.CheckOperations(m, history) {
				t.Errorf("%s model accepts: %s", model, name)
			}
		}
	}
	for name, history := range map[string][]porcupine.Operation{
		"Test true after a completed ClearAll": {did(1, 2, opClaim, true), did(3, 4, opClearAll, true), did(5, 6, opTest, true)},
		"ClearAll took effect before it began": {did(1, 2, opClaim, true), did(3, 4, opClaim, true), did(5, 6, opClearAll, true)},
		"one ClearAll, three claims":           {did(1, 9, opClearAll, true), did(2, 3, opClaim, true), did(4, 5, opClaim, true), did(6, 7, opClaim, true)},
	} {
		if porcupine.CheckOperations(clearModel, history) {
			t.Errorf("clear model accepts: %s", name)
		}
	}
}

func TestModel_AcceptsKnownGoodHistories(t *testing.T) {
	t.Parallel()
	for name, history := range map[string][]porcupine.Operation{
		"nothing":                              {},
		"claim, clear, claim":                  {did(1, 2, opClaim, true), did(3, 4, opTestAndClear, true), did(5, 6, opClaim, true)},
		"two claims, a clear beside them":      {did(1, 2, opClaim, true), did(3, 6, opClaim, true), did(4, 5, opTake, true)},
		"one winner of a race":                 {did(1, 4, opTestAndSet, false), did(2, 3, opTestAndSet, true)},
		"Test beside a set, either way":        {did(1, 6, opTestAndSet, true), did(2, 3, opTest, false), did(4, 5, opTest, true)},
		"ranges say nothing about before":      {did(1, 2, opSetRange, true), did(3, 4, opSetRange, true), did(5, 6, opClearRange, true), did(7, 8, opTest, false)},
		"finder saw the ID taken for a moment": {did(1, 8, opFind, true), did(2, 3, opClaim, true), did(4, 5, opTake, true)},
	} {
		for model, m := range map[string]porcupine.Model{"bit": bitModel, "clear": clearModel} {
			if !porcupine.CheckOperations(m, history) {
				t.Errorf("%s model rejects: %s", model, name)
			}
		}
	}
	for name, history := range map[string][]porcupine.Operation{
		"two claims, ClearAll between":    {did(1, 2, opClaim, true), did(3, 4, opClearAll, true), did(5, 6, opClaim, true)},
		"claim overlaps ClearAll, before": {did(1, 6, opClaim, true), did(2, 5, opClearAll, true), did(7, 8, opTest, false)},
		"claim overlaps ClearAll, after":  {did(1, 6, opClaim, true), did(2, 5, opClearAll, true), did(7, 8, opTest, true)},
	} {
		if !porcupine.CheckOperations(clearModel, history) {
			t.Errorf("clear model rejects: %s", name)
		}
	}
}

// Two IDs do not share a bit: in one partition this history would be bad.
func TestModel_PartitionsByID(t *testing.T) {
	t.Parallel()
	a, b := did(1, 2, opClaim, true), did(3, 4, opClaim, true)
	b.Input = bitOp{opClaim, 4096}
	if !porcupine.CheckOperations(bitModel, []porcupine.Operation{a, b}) ||
		!porcupine.CheckOperations(clearModel, []porcupine.Operation{a, b}) {
		t.Fatal("claims of two IDs are taken for claims of one")
	}
}

func TestModel_DescribesOperations(t *testing.T) {
	t.Parallel()
	for kind, want := range map[opKind]string{
		opTest:         "Test(7) = true",
		opFind:         "find(7) = true",
		opTestAndSet:   "TestAndSet(7) = true",
		opTestAndClear: "TestAndClear(7) = true",
		opClaim:        "claim(7) = true",
		opTake:         "take(7) = true",
		opSetRange:     "SetRange(.. 7 ..)",
		opClearRange:   "ClearRange(.. 7 ..)",
		opClearAll:     "ClearAll()",
	} {
		if got := describeOp(bitOp{kind, 7}, true); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if text, err := kind.MarshalText(); string(text) != kind.String() || err != nil {
			t.Errorf("%q, %v", text, err)
		}
	}
}

// checkLinearizable fails the test and saves the history if it cannot be put
// in an order that the model allows. A history that a minute does not decide
// is a failure too: it should have been shorter.
func checkLinearizable(t *testing.T, model porcupine.Model, history []porcupine.Operation) bool {
	t.Helper()
	result := porcupine.CheckOperationsTimeout(model, history, time.Minute)
	if result == porcupine.Ok {
		return true
	}
	paths, err := saveHistory(t.Name(), model, history)
	t.Errorf("%s: a history of %d operations is not linearizable; saved as %v (%v)", result, len(history), paths, err)
	return false
}

// saveHistory writes a history for the eye (HTML) and for programs (JSON) into
// the directory PT_RESULTS_DIR, or the system's temporary one.
func saveHistory(name string, model porcupine.Model, history []porcupine.Operation) (paths []string, err error) {
	dir := os.Getenv("PT_RESULTS_DIR")
	if dir == "" {
		dir = os.TempDir()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	_, info := porcupine.CheckOperationsVerbose(model, history, time.Minute)
	base := filepath.Join(dir, strings.NewReplacer("/", "_", " ", "_").Replace(name))
	if err := porcupine.VisualizePath(model, info, base+".html"); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(history, "", " ")
	if err != nil {
		return nil, err
	}
	return []string{base + ".html", base + ".json"}, os.WriteFile(base+".json", text, 0o644)
}

func TestLinearizability_SavesTheHistoryThatFailed(t *testing.T) {
	t.Setenv("PT_RESULTS_DIR", filepath.Join(t.TempDir(), "made"))
	bad := []porcupine.Operation{did(1, 2, opClaim, true), did(3, 4, opClaim, true)}
	paths, err := saveHistory(t.Name()+"/a b", bitModel, bad)
	if err != nil || len(paths) != 2 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "claim") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
