package engine

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Latency keeps the events of commands that took its threshold or longer, by
// kind. It is safe for concurrent use.
type Latency struct {
	threshold atomic.Int64 // nanoseconds; 0 is off
	mu        sync.Mutex
	events    map[string]LatencyEvent
}

// LatencyEvent is what is known of one kind of event.
type LatencyEvent struct {
	Name            string
	At              time.Time // of the latest
	Latest, Longest time.Duration
}

// NewLatency returns one that is off.
func NewLatency() *Latency { return new(Latency) }

// Threshold returns how long a command takes that is an event; 0 is off.
func (l *Latency) Threshold() time.Duration { return time.Duration(l.threshold.Load()) }

// SetThreshold changes the threshold.
func (l *Latency) SetThreshold(d time.Duration) { l.threshold.Store(int64(d)) }

func (l *Latency) add(name string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.events == nil {
		l.events = make(map[string]LatencyEvent)
	}
	l.events[name] = LatencyEvent{name, time.Now(), d, max(d, l.events[name].Longest)}
}

// Events returns the events, sorted by name.
func (l *Latency) Events() []LatencyEvent {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]LatencyEvent, 0, len(l.events))
	for _, e := range l.events {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b LatencyEvent) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Reset forgets the events of those names, all without names, and returns how
// many there were.
func (l *Latency) Reset(names ...string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.events)
	if len(names) == 0 {
		l.events = nil
	}
	for _, name := range names {
		delete(l.events, name)
	}
	return before - len(l.events)
}
