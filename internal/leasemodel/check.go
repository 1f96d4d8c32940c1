package leasemodel

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// most is how long one short history may take: one that takes longer should
// have been shorter, and is no success.
const most = time.Minute

// Check puts the history of each ID and of each lease in an order, and returns
// how many parts of operations these have. An error tells of the first that has
// none, which is saved for the eye and for programs under name.
func (h *History) Check(name string) (parts int, err error) {
	byID := map[Subject][]porcupine.Operation{}
	ops := h.whole()
	for _, op := range ops {
		of := op.Input.(Op).Of
		byID[of] = append(byID[of], op)
	}
	for of, part := range byID {
		model := idModel
		if of.Lease {
			model = leaseModel
		}
		if result := porcupine.CheckOperationsTimeout(model, part, most); result != porcupine.Ok {
			path, err := save(name, model, part)
			return len(ops), fmt.Errorf("%s: the %d operations on %+v are in no order that the contract allows: %s (%v)\n%s", result, len(part), of, path, err, around(model, part))
		}
	}
	return len(ops), nil
}

// around shows the operations before and beside the first that cannot be.
func around(model porcupine.Model, part []porcupine.Operation) string {
	slices.SortStableFunc(part, func(a, b porcupine.Operation) int { return cmp.Compare(a.Return, b.Return) })
	good, bad := 0, len(part)
	for bad-good > 1 {
		n := (good + bad) / 2
		if porcupine.CheckOperationsTimeout(model, until(part, n), most) == porcupine.Ok {
			good = n
		} else {
			bad = n
		}
	}
	var text strings.Builder
	end := part[bad-1].Return
	for i, op := range part {
		if i >= bad-25 && op.Call <= end {
			fmt.Fprintf(&text, "%12d to %12d  client %d: %v\n", op.Call, op.Return, op.ClientId, op.Input)
		}
	}
	return text.String()
}

// until is the history up to the moment when the first n operations had returned: those
// that were under way then may have had their effect.
func until(part []porcupine.Operation, n int) []porcupine.Operation {
	end := part[n-1].Return
	first := slices.Clone(part[:n])
	for _, op := range part[n:] {
		if in := op.Input.(Op); op.Call <= end && !in.Kind.reads() {
			in.Said, in.Maybe = Unsaid, true
			op.Input = in
			first = append(first, op)
		}
	}
	return first
}

// save writes a history into the directory PT_RESULTS_DIR, or the system's
// temporary one.
func save(name string, model porcupine.Model, part []porcupine.Operation) (path string, err error) {
	dir := cmp.Or(os.Getenv("PT_RESULTS_DIR"), os.TempDir())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	_, info := porcupine.CheckOperationsVerbose(model, part, most)
	base := filepath.Join(dir, strings.NewReplacer("/", "_", " ", "_").Replace(name))
	if err := porcupine.VisualizePath(model, info, base+".html"); err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(part, "", " ")
	if err != nil {
		return "", err
	}
	return base + ".html", os.WriteFile(base+".json", text, 0o644)
}
