package web

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// mostCommands is how many commands the state has.
const mostCommands = 30

// stateQuery is what the server as a whole does.
type stateQuery struct{}

func readState(url.Values) (query, error) { return stateQuery{}, nil }

func (stateQuery) event() string { return "state" }

type stateObject struct {
	Version   string          `json:"version"`
	RunID     string          `json:"run_id"`
	StartedAt int64           `json:"started_at"`
	Uptime    int64           `json:"uptime_seconds"`
	Now       float64         `json:"now"`
	Ready     bool            `json:"ready"`
	Reason    string          `json:"reason"`
	Clients   clientsCount    `json:"clients"`
	Traffic   trafficObject   `json:"traffic"`
	Memory    memoryObject    `json:"memory"`
	CPU       cpuObject       `json:"cpu"`
	Routines  int             `json:"goroutines"`
	Journal   journalObject   `json:"journal"`
	Loading   loadingObject   `json:"loading"`
	Keyspace  keyspaceObject  `json:"keyspace"`
	Commands  []commandObject `json:"commands"`
	Sync      syncObject      `json:"sync"`
}

type clientsCount struct {
	Connected  int `json:"connected"`
	Max        int `json:"max"`
	Tracking   int `json:"tracking"`
	Monitoring int `json:"monitoring"`
	Waiting    int `json:"waiting_for_log"`
}

type trafficObject struct {
	Commands    uint64  `json:"commands"`
	PerSecond   float64 `json:"commands_per_second"`
	InPerSecond float64 `json:"bytes_in_per_second"`
	OutPer      float64 `json:"bytes_out_per_second"`
	Connections uint64  `json:"connections"`
	Rejected    uint64  `json:"rejected"`
	Errors      uint64  `json:"errors"`
}

type memoryObject struct {
	Trackers int64  `json:"trackers"`
	Limit    int64  `json:"limit"`
	Queries  int64  `json:"queries"`
	Resident uint64 `json:"resident"`
	System   uint64 `json:"system"`
}

type cpuObject struct {
	Seconds     float64 `json:"seconds"`
	Loops       int     `json:"loops"`
	LoopSeconds float64 `json:"loop_seconds"`
}

type journalObject struct {
	Enabled   bool   `json:"enabled"`
	Bytes     int64  `json:"bytes"`
	Base      int64  `json:"base_bytes"`
	Unsynced  uint64 `json:"unsynced_bytes"`
	Appended  uint64 `json:"appended_bytes"`
	Refusing  bool   `json:"refusing"`
	Failure   string `json:"failure"`
	Rewriting bool   `json:"rewriting"`
	Backup    bool   `json:"backup"`
	LastSave  int64  `json:"last_save"`
}

type loadingObject struct {
	Active bool  `json:"active"`
	Read   int64 `json:"read"`
	Total  int64 `json:"total"`
}

type keyspaceObject struct {
	Prefixes int    `json:"prefixes"`
	IDs      uint64 `json:"ids"`
	Leased   uint64 `json:"leased"`
	Leases   uint64 `json:"leases"`
	Expired  uint64 `json:"leases_expired"`
	Cursors  int    `json:"cursors"`
	Changes  uint64 `json:"changes"`
}

type commandObject struct {
	Name     string  `json:"name"`
	Calls    uint64  `json:"calls"`
	Seconds  float64 `json:"seconds"`
	Failures uint64  `json:"failures"`
}

func (stateQuery) object(ctx context.Context, s *Server, _ *view) (any, error) {
	f := s.figures.get(askedAge)
	reason := s.unready(f)
	var everywhere total
	if !s.options.Loading() {
		all, err := s.survey.rank(ctx, everything)
		if err != nil {
			return nil, err
		}
		everywhere = all.all
	}
	t, m, p := &f.Traffic, &f.Memory, &f.Persistence
	return &stateObject{
		Version: f.Server.Version, RunID: f.Server.RunID, StartedAt: f.Server.Started.Unix(), Uptime: int64(f.Server.Uptime().Seconds()),
		Now: now(), Ready: reason == "", Reason: reason,
		Clients: clientsCount{f.Clients.Connected, f.Clients.Max, f.Clients.Tracking, f.Clients.Monitoring, t.Held},
		Traffic: trafficObject{t.Commands, t.Rates.Commands, t.Rates.BytesIn, t.Rates.BytesOut, t.Connections, t.Rejected, f.ErrorReplies()},
		Memory:  memoryObject{m.Trackers, m.Limit, m.Queries, m.Resident, m.System},
		CPU: cpuObject{(f.Process.System + f.Process.User).Seconds(), f.Loops.Count,
			(f.Loops.System + f.Loops.User).Seconds()},
		Routines: f.Process.Goroutines,
		Journal: journalObject{p.Enabled, p.Bytes, p.BaseBytes, unsynced(p), p.Position, p.Refusing, nameOf(p.Failure),
			p.Rewrite.Active, p.Backup.Active, p.LastSave.Unix()},
		Loading:  loadingObject{f.Loading.GoesOn, f.Loading.Read, f.Loading.Total},
		Keyspace: keyspaceObject{f.Keyspace.Prefixes, everywhere.ids, everywhere.leased, f.Keyspace.Leases, f.Keyspace.Expired, f.Keyspace.Cursors, f.Keyspace.Changes},
		Commands: busiest(f.Commands),
		Sync:     syncOf(&f.Sync, 1, 0),
	}, nil
}

// busiest are the commands with the most calls.
func busiest(all []observe.Command) []commandObject {
	called := slices.DeleteFunc(slices.Clone(all), func(c observe.Command) bool { return c.Calls == 0 })
	slices.SortStableFunc(called, func(a, b observe.Command) int {
		switch {
		case a.Calls > b.Calls:
			return -1
		case a.Calls < b.Calls:
			return 1
		}
		return 0
	})
	list := make([]commandObject, min(len(called), mostCommands))
	for i := range list {
		c := &called[i]
		list[i] = commandObject{c.Name, c.Calls, float64(c.Nanos) / 1e9, c.Failed}
	}
	return list
}

// now is the time in seconds, as answers have it.
func now() float64 { return float64(time.Now().UnixMilli()) / 1e3 }
