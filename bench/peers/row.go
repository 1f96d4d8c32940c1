//go:build linux

package main

import (
	"context"
	"regexp"

	"github.com/redis/go-redis/v9"
)

// row is one line of work: a load on this server, what it is compared with,
// and the goals of the comparison. Where two rivals are there it becomes two
// lines of the tables.
type row struct {
	work    string // "PT.ADD random ID, pipeline 1"
	ours    side
	against string // "SETBIT"; empty where there is nothing to compare with
	theirs  side
	itself  bool // the other side is this server too, in another state
	ids     int  // per command, where it is more than one
	note    string

	// Goals for ratios ours/theirs ...
	throughput, cpu, tail goal
	// ... and for ours alone.
	idsPerSecond goal

	// halfPeak says that the load has a fixed rate, half of the smallest peak.
	halfPeak bool
	rate     float64 // what that came to

	series []series // ours, then the rivals'; empty until measured
	err    error
}

// side is the load on one of the two servers and the state it begins in.
type side struct {
	command     []string
	reply       byte
	pipeline    int
	connections int // 0: as many as the flag says
	prepare     func(ctx context.Context, c *redis.Client) error
	// check looks at the server's state after the load. A server that did
	// something else than it was asked for has no figure.
	check func(ctx context.Context, c *redis.Client, r result) error
}

// series is the results of one server on one row, one per pair.
type series struct {
	who     string // "Redis SETBIT"
	results []result
}

func (r *row) idsPerCommand() float64 { return float64(max(r.ids, 1)) }

func (r *row) name() string {
	if r.against == "" {
		return r.work
	}
	return r.work + " vs " + r.against
}

// keep returns the rows that match wants.
func keep(rows []*row, match *regexp.Regexp) []*row {
	var kept []*row
	for _, r := range rows {
		if match.MatchString(r.name()) {
			kept = append(kept, r)
		}
	}
	return kept
}
