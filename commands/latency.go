package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/observe"
)

// LATENCY
var latencySpec = &engine.Spec{
	Name: "LATENCY", Arity: -2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Shows how long commands take.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*engine.Spec{latencyHistogramSpec, latencyLatestSpec, latencyResetSpec},
}

// LATENCY HISTOGRAM [command [command …]]
var latencyHistogramSpec = &engine.Spec{
	Name: "LATENCY|HISTOGRAM", Arity: -2, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Returns how many calls of each command took up to so many microseconds.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "map of calls and counts by microseconds",
	Args: []*engine.Arg{{Name: "command", Type: engine.String, Optional: true, Multiple: true}},
	Run:  run(latencyHistogram),
}

// LATENCY LATEST
var latencyLatestSpec = &engine.Spec{
	Name: "LATENCY|LATEST", Arity: 2, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Returns the events over latency-monitor-threshold: name, Unix time, latest and longest milliseconds.",
	Complexity: "O(n) for n events", Since: "0.1.0", Reply: "array of events",
	Run: run(latencyLatest),
}

// LATENCY RESET [event [event …]]
var latencyResetSpec = &engine.Spec{
	Name: "LATENCY|RESET", Arity: -2, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Forgets events.",
	Complexity: "O(n) for n events", Since: "0.1.0", Reply: "number of events forgotten",
	Args: []*engine.Arg{{Name: "event", Type: engine.String, Optional: true, Multiple: true}},
	Run:  run(latencyReset),
}

func latencyLatest(c *session, _ [][]byte) error {
	events := c.Engine().Latency().Events()
	c.Array(len(events))
	for _, e := range events {
		c.Array(4)
		c.BulkString(e.Name)
		c.Int(e.At.Unix())
		c.Int(e.Latest.Milliseconds())
		c.Int(e.Longest.Milliseconds())
	}
	return nil
}

func latencyReset(c *session, args [][]byte) error {
	c.Int(int64(c.Engine().Latency().Reset(views(args)...)))
	return nil
}

func latencyHistogram(c *session, names [][]byte) error {
	var rows []observe.Command
	seen := make(map[*engine.Command]bool)
	for _, m := range c.named(names) {
		if m == nil {
			continue
		}
		engine.Walk([]*engine.Command{m}, true, func(m *engine.Command) {
			if !seen[m] {
				seen[m] = true
				if row := m.Numbers().Read(m.Lower); row.Latency.Total > 0 {
					rows = append(rows, row)
				}
			}
		})
	}
	c.Map(len(rows))
	for _, r := range rows {
		c.BulkString(r.Name)
		c.Map(2)
		c.BulkString("calls")
		c.Int(int64(r.Latency.Total))
		c.BulkString("histogram_usec")
		points := r.Latency.Cumulative()
		c.Map(len(points))
		for _, p := range points {
			c.Int(int64(p.Micros))
			c.Int(int64(p.Count))
		}
	}
	return nil
}
