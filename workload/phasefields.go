package workload

import (
	"errors"
	"slices"
	"time"
)

const (
	maxClients  = 100_000
	maxThreads  = 1024
	maxPipeline = 10_000
	maxRequests = MaxIDs
	leastLease  = time.Second // a driver must have time to tell that it is there
)

// byDefault is how long a phase without an end lasts.
const byDefault = "10s"

// syncs are comparisons with the store that a phase can be.
var syncs = []string{"load", "verify", "repair"}

// phaseFields are what a phase has.
func phaseFields() []field[Phase] {
	setName, getName := name(func(p *Phase) *string { return &p.Name })
	setClients, getClients := number(func(p *Phase) *int { return &p.Clients }, 1, maxClients)
	setThreads, getThreads := number(func(p *Phase) *int { return &p.Threads }, 1, maxThreads)
	setPipeline, getPipeline := number(func(p *Phase) *int { return &p.Pipeline }, 1, maxPipeline)
	setLease, getLease := duration(func(p *Phase) *time.Duration { return &p.Lease }, leastLease)
	setWarmup, getWarmup := duration(func(p *Phase) *time.Duration { return &p.Warmup }, 0)
	setDuration, getDuration := duration(func(p *Phase) *time.Duration { return &p.Duration }, time.Millisecond)
	setRequests, getRequests := number(func(p *Phase) *uint64 { return &p.Requests }, 1, maxRequests)
	setVerify, getVerify := yes(func(p *Phase) *bool { return &p.Verify })
	return []field[Phase]{
		{Field{Name: "name", Value: "NAME", Usage: "what the phase is called, on the command line and in results"}, setName, getName},
		{Field: Field{Name: "ops", Value: "list", Usage: "the operations, all at a time"}},
		{Field{Name: "sync", Value: "load|verify|repair", Usage: "in place of operations: the tracker is compared with the store"}, setSync, func(p *Phase) string { return p.Sync }},
		{Field{Name: "clients", Value: "N", Default: "50", Top: true, Flag: true, Usage: "clients, each with a connection, and in a Cluster with one to each server"}, setClients, getClients},
		{Field{Name: "threads", Value: "N", Default: "1", Top: true, Flag: true, Usage: "threads that the clients are spread over"}, setThreads, getThreads},
		{Field{Name: "pipeline", Value: "N", Default: "1", Top: true, Flag: true, Usage: "requests that a client sends at a time, before it waits for replies"}, setPipeline, getPipeline},
		{Field{Name: "rate", Value: "N", Top: true, Flag: true, Usage: "operations per second over all clients, whose latency counts from when each is due; not said: each client sends when it has its replies"}, setRate, func(p *Phase) string { return writeRate(p.Rate) }},
		{Field{Name: "lease", Value: "TIME", Default: "30s", Top: true, Flag: true, Usage: "how long IDs of a driver that is gone are held before others get them"}, setLease, getLease},
		{Field{Name: "warmup", Value: "TIME", Top: true, Flag: true, Usage: "time at the beginning of the phase that is not in the figures"}, setWarmup, getWarmup},
		{Field{Name: "duration", Value: "TIME", Flag: true, Usage: "when the phase ends; " + byDefault + " if it has no end of its own"}, setDuration, getDuration},
		{Field{Name: "requests", Value: "N", Flag: true, Usage: "after how many operations of this driver the phase ends"}, setRequests, getRequests},
		{Field{Name: "until", Value: "empty", Usage: "the phase ends when one of its operations has no ID left; not said: when all have none"}, setUntil, getUntil},
		{Field{Name: "verify", Value: "yes|no", Top: true, Flag: true, Usage: "values that come back are compared with what was written"}, setVerify, getVerify},
		{Field{Name: "expect", Value: "EXPECTATION", Top: true, Flag: true, Many: true, Usage: "what figures must be, such as hit=1, GET.p99<5ms, errors=0"}, addExpectation, nil},
	}
}

var errSync = errors.New("must be load, verify or repair")

func setSync(p *Phase, text string) error {
	if !slices.Contains(syncs, text) {
		return errSync
	}
	p.Sync = text
	return nil
}

func setRate(p *Phase, text string) (err error) {
	n, err := parseRate(text)
	if err == nil {
		p.Rate = n
	}
	return err
}

var errUntil = errors.New("must be empty: a phase ends after its duration, its requests, or when no ID is left")

func setUntil(p *Phase, text string) error {
	if text != "empty" {
		return errUntil
	}
	p.UntilEmpty = true
	return nil
}

func getUntil(p *Phase) string {
	if p.UntilEmpty {
		return "empty"
	}
	return ""
}

// maxExpect is how many expectations a phase can have.
const maxExpect = 100

var errManyExpect = errors.New("there are too many of it")

func addExpectation(p *Phase, text string) error {
	e, err := ParseExpectation(text)
	switch {
	case err != nil:
		return err
	case len(p.Expect) == maxExpect:
		return errManyExpect
	case !slices.Contains(p.Expect, e):
		p.Expect = append(p.Expect, e)
	}
	return nil
}
