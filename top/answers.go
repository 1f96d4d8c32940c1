package top

// What a server tells, as far as it is shown. Times are seconds.

type state struct {
	Version string  `json:"version"`
	RunID   string  `json:"run_id"`
	Uptime  float64 `json:"uptime_seconds"`
	Now     float64 `json:"now"`
	Ready   bool    `json:"ready"`
	Reason  string  `json:"reason"`
	Clients struct {
		Connected uint64 `json:"connected"`
		Max       uint64 `json:"max"`
		Waiting   uint64 `json:"waiting_for_log"`
	} `json:"clients"`
	Traffic struct {
		Commands float64 `json:"commands_per_second"`
		In       float64 `json:"bytes_in_per_second"`
		Out      float64 `json:"bytes_out_per_second"`
		Rejected uint64  `json:"rejected"`
		Errors   uint64  `json:"errors"`
	} `json:"traffic"`
	Memory struct {
		Trackers uint64 `json:"trackers"`
		Limit    uint64 `json:"limit"`
		Resident uint64 `json:"resident"`
	} `json:"memory"`
	CPU struct {
		Seconds float64 `json:"seconds"`
	} `json:"cpu"`
	Journal struct {
		Enabled   bool   `json:"enabled"`
		Bytes     uint64 `json:"bytes"`
		Unsynced  uint64 `json:"unsynced_bytes"`
		Refusing  bool   `json:"refusing"`
		Rewriting bool   `json:"rewriting"`
		Backup    bool   `json:"backup"`
	} `json:"journal"`
	Keyspace struct {
		Prefixes uint64 `json:"prefixes"`
		IDs      uint64 `json:"ids"`
	} `json:"keyspace"`
	Sync struct {
		Store  string `json:"store"`
		Follow follow `json:"follow"`
		Jobs   []sync `json:"jobs"` // the newest alone
	} `json:"sync"`
}

// follow is how what happens in the store is followed.
type follow struct {
	On         bool    `json:"on"`
	Primaries  uint64  `json:"primaries"`
	Connected  uint64  `json:"connected"`
	Dropped    uint64  `json:"dropped"`
	Gaps       uint64  `json:"gaps"`
	Lag        float64 `json:"lag_seconds"`
	CatchingUp bool    `json:"catching_up"`
}

// sync is a load, verify or repair of a prefix.
type sync struct {
	Prefix   string  `json:"prefix"`
	Store    string  `json:"store"`
	Mode     string  `json:"mode"`
	DryRun   bool    `json:"dry_run"`
	State    string  `json:"state"`
	Phase    string  `json:"phase"`
	Progress float64 `json:"progress"`
	Added    uint64  `json:"added"`
	Stale    uint64  `json:"stale"`
	Missing  uint64  `json:"missing"`
	Repaired uint64  `json:"repaired"`
	Left     uint64  `json:"left"`
	Unknown  string  `json:"unknown"`
	Error    string  `json:"error"`
}

type prefixes struct {
	Now      float64  `json:"now"`
	Total    uint64   `json:"total"`
	Matched  uint64   `json:"matched"`
	Offset   int      `json:"offset"`
	Surveyed float64  `json:"surveyed_ago_seconds"`
	Rows     []prefix `json:"prefixes"`
}

type prefix struct {
	ID      string  `json:"id"` // for questions
	Name    string  `json:"name"`
	Count   uint64  `json:"count"`
	Bound   *uint64 `json:"max_id"` // nil: there is none
	Free    *uint64 `json:"free"`
	Leased  uint64  `json:"leased"`
	Claims  uint64  `json:"claims"`
	Takes   uint64  `json:"takes"`
	Memory  uint64  `json:"memory_bytes"`
	Created float64 `json:"created_at"`
}

// full tells whether all IDs exist: where none is free some may be in flight.
func (p *prefix) full() bool { return p.Free != nil && *p.Free == 0 && p.Leased == 0 }

// occupancy is where the IDs of a prefix lie: how many there are in each cell, and how many
// are in flight if any are.
type occupancy struct {
	ID     string   `json:"id"`
	Name   string   `json:"prefix"`
	Min    uint64   `json:"min"`
	Max    uint64   `json:"max"` // exclusive
	Cell   uint64   `json:"cell"`
	Cells  []uint64 `json:"cells"`
	Flight []uint64 `json:"flight"`
}

// cursors are the shared cursors of a prefix.
type cursors struct {
	Cursors []struct {
		Name     string  `json:"name"`
		Progress float64 `json:"progress"`
	} `json:"cursors"`
}

type clients struct {
	Connected uint64   `json:"connected"`
	Clients   []client `json:"clients"`
}

type client struct {
	ID        uint64  `json:"id"`
	Address   string  `json:"address"`
	Name      string  `json:"name"`
	Library   string  `json:"library"`
	Command   string  `json:"command"`
	Connected float64 `json:"connected_seconds"`
	Idle      float64 `json:"idle_seconds"`
	Commands  uint64  `json:"commands"`
}
