package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// headway tells on standard error how far something has come: a bar where somebody sees it,
// else a line every few seconds. Its methods may be called from several goroutines at once.
type headway struct {
	unit string // what is counted

	mu    sync.Mutex
	bar   *progressbar.ProgressBar // nil: lines
	every time.Duration
	next  time.Time // when the next is due
	past  []headwayAt
	last  headwayAt // when it has moved
}

// headwayAt is how far it was at a time.
type headwayAt struct {
	when time.Time
	done uint64
}

const (
	barEvery   = 100 * time.Millisecond
	linesEvery = 3 * time.Second
	barSteps   = 1000
	barWidth   = 20
	// ratePast is how much of the past a rate is of: what holds up for a moment is no news.
	ratePast = 5 * time.Second
	standing = time.Second
)

// startHeadway counts in a unit, such as keys.
func startHeadway(unit string) *headway {
	h := &headway{unit: unit, every: linesEvery}
	now := time.Now()
	if isatty.IsTerminal(os.Stderr.Fd()) && os.Getenv("TERM") != "dumb" {
		h.every = barEvery
		h.bar = progressbar.NewOptions64(barSteps,
			progressbar.OptionSetWriter(os.Stderr),
			progressbar.OptionSetWidth(barWidth),
			progressbar.OptionSetPredictTime(false), // it would count steps
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionShowDescriptionAtLineEnd(),
			progressbar.OptionUseANSICodes(true),
			progressbar.OptionClearOnFinish())
	}
	h.next = now.Add(h.every)
	h.last = headwayAt{when: now}
	h.past = []headwayAt{h.last}
	return h
}

// at tells that so many of all are done, 0 for an unknown number, and what else there is to say.
func (h *headway) at(done, all uint64, more ...string) {
	rate, due := h.due(done)
	if !due {
		return
	}
	var parts []string
	if rate > 0 {
		parts = append(parts, fmt.Sprintf("%.0f %s/s", rate, h.unit))
	}
	if all > done && rate > 0 {
		left := time.Duration(float64(all-done) / rate * float64(time.Second))
		parts = append(parts, fmt.Sprintf("%s left", left.Round(time.Second)))
	}
	parts = append(parts, more...)
	switch {
	case h.bar != nil:
		h.draw(done, all, parts)
		return
	case all > 0:
		parts = slices.Insert(parts, 0, fmt.Sprintf("%d of %d %s", done, all, h.unit))
	default:
		parts = slices.Insert(parts, 0, fmt.Sprintf("%d %s", done, h.unit))
	}
	fmt.Fprintln(os.Stderr, strings.Join(parts, ", "))
}

// due tells whether it is time to say something again, and how many are done in a second.
func (h *headway) due(done uint64) (rate float64, due bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	if now.Before(h.next) {
		return 0, false
	}
	h.next = now.Add(h.every)
	return h.rate(headwayAt{now, done}), true
}

// rate is how many are done in a second, 0 if it has come to a stand: then something else is going on.
func (h *headway) rate(now headwayAt) float64 {
	if now.done != h.last.done {
		h.last = now
	} else if now.when.Sub(h.last.when) >= standing {
		h.past = append(h.past[:0], now)
		return 0
	}
	for len(h.past) > 1 && now.when.Sub(h.past[1].when) >= ratePast {
		h.past = h.past[1:]
	}
	h.past = append(h.past, now)
	then := h.past[0]
	if now.done <= then.done {
		return 0
	}
	return float64(now.done-then.done) / now.when.Sub(then.when).Seconds()
}

// draw writes the bar with as much of the text as its line has room for: one that is longer
// than the terminal is wide would stay there.
func (h *headway) draw(done, all uint64, parts []string) {
	const around = len("\r 100% ||  ") + barWidth
	width, _, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	text := ""
	for _, part := range parts {
		if around+len(text)+len(", ")+len(part) >= width {
			break
		}
		if text != "" {
			text += ", "
		}
		text += part
	}
	step := uint64(0)
	if all > 0 {
		step = min(uint64(float64(done)/float64(all)*barSteps), barSteps-1) // who is done says so with end
	}
	h.bar.Describe(text)
	_ = h.bar.Set64(int64(step)) // of a terminal that has gone nobody reads
}

// end takes the bar away.
func (h *headway) end() {
	if h.bar != nil && h.bar.IsStarted() {
		_ = h.bar.Clear()
	}
}
