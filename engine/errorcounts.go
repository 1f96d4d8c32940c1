package engine

import (
	"slices"
	"strings"
	"sync"

	"github.com/prefixtracker/prefixtracker/observe"
)

// errorCounts counts error replies by their first word. There are as many
// words as error texts, none of a client's making.
type errorCounts struct {
	mu     sync.Mutex
	counts map[string]uint64
}

func (e *errorCounts) add(code string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.counts == nil {
		e.counts = make(map[string]uint64)
	}
	e.counts[code]++
}

// read returns the counts, sorted by code.
func (e *errorCounts) read() []observe.Error {
	e.mu.Lock()
	list := make([]observe.Error, 0, len(e.counts))
	for code, n := range e.counts {
		list = append(list, observe.Error{Code: code, Count: n})
	}
	e.mu.Unlock()
	slices.SortFunc(list, func(a, b observe.Error) int { return strings.Compare(a.Code, b.Code) })
	return list
}

func (e *errorCounts) reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.counts = nil
}
