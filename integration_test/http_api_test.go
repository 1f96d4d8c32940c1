package integration_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The objects of the API, as docs/observing.md has them.
type (
	prefixObject struct {
		ID, Name, Tag                             string
		MaxID                                     *uint64 `json:"max_id"`
		Free                                      *uint64
		Width                                     int
		Count, Capacity, Claims, Takes, Conflicts uint64
		Memory                                    uint64 `json:"memory_bytes"`
		OutOfRange                                uint64 `json:"out_of_range"`
		CreatedAt                                 int64  `json:"created_at"`
		Deleter                                   bool
		Leased, Leases                            uint64
		Expired                                   uint64 `json:"leases_expired"`
	}
	prefixesObject struct {
		Now                    float64
		Total, Matched, Offset int
		Surveyed               float64 `json:"surveyed_ago_seconds"`
		Prefixes               []prefixObject
	}
	mapObject struct {
		Now                   float64
		Prefix, ID            string
		Row                   prefixObject
		Extent                uint64
		Min, Max, Cell, Count uint64
		Cells, Flight         []uint64
	}
	clientsObject struct {
		Now       float64
		Connected int
		Clients   []struct {
			ID                              uint64
			Address, Name, Library, Command string
			Connected                       float64 `json:"connected_seconds"`
			Idle                            float64 `json:"idle_seconds"`
			Commands                        uint64
		}
	}
	stateObject struct {
		Version   string
		RunID     string `json:"run_id"`
		StartedAt int64  `json:"started_at"`
		Uptime    int64  `json:"uptime_seconds"`
		Now       float64
		Ready     bool
		Reason    string
		Clients   map[string]int
		Traffic   map[string]float64
		Memory    map[string]int64
		CPU       map[string]float64
		Routines  int `json:"goroutines"`
		Journal   struct {
			Enabled, Refusing, Rewriting, Backup bool
			Bytes                                int64
			Base                                 int64  `json:"base_bytes"`
			Unsynced                             uint64 `json:"unsynced_bytes"`
			Appended                             uint64 `json:"appended_bytes"`
			LastSave                             int64  `json:"last_save"`
			Failure                              string
		}
		Loading struct {
			Active      bool
			Read, Total int64
		}
		Keyspace map[string]uint64
		Commands []struct {
			Name            string
			Calls, Failures uint64
			Seconds         float64
		}
		Sync syncObject
	}
	syncObject struct {
		Now            float64 // not in the state
		Store, Waiting string
		Begun, Running uint64
		Follow         followObject
		Jobs           []syncJobObject
	}
	followObject struct {
		On                                                          bool
		CatchingUp                                                  bool `json:"catching_up"`
		Primaries, Connected                                        int
		Events, Applied, Ignored, Dropped, Gaps, Deferred, Doubtful uint64
		Lag                                                         float64 `json:"lag_seconds"`
		LastGap                                                     string  `json:"last_gap"`
	}
	syncJobObject struct {
		Job                                                   uint64
		Prefix, ID, Store, Mode, State, Phase, Unknown, Error string
		DryRun                                                bool  `json:"dry_run"`
		BeganAt                                               int64 `json:"began_at"`
		Seconds, Progress                                     float64
		StoreKeys                                             uint64 `json:"store_keys"`
		OutOfRange                                            uint64 `json:"out_of_range"`
		Visited, Scanned, Found, Unparsable, Added            uint64
		Stale, Missing, Changing, Repaired, Left              uint64
		UnparsableKeys                                        []string `json:"unparsable_keys"`
		StaleKeys                                             []string `json:"stale_keys"`
		MissingKeys                                           []string `json:"missing_keys"`
	}
)

// names are those of the rows, in their order.
func (o *prefixesObject) names() string {
	var names []string
	for _, p := range o.Prefixes {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

// TestHTTP_State: it says what INFO says.
func TestHTTP_State(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--max-memory", "64mb", "--max-clients", "77")
	c, l := connect(t, s.addr), look(t, s)
	c.mustDo(t, "PT.ADD a: 1 2 3", integer(3))
	c.mustDo(t, "PT.ADD b: 1", integer(1))
	c.mustReply(t, "PT.ADD", "b:")
	eventually(t, "all is told", func() bool { // what a second ago was, and what is not on the disk yet
		var o stateObject
		l.object(t, "/api/v1/state", &o)
		return o.Keyspace["ids"] == 4 && o.Journal.Unsynced == 0
	})
	var o stateObject
	l.object(t, "/api/v1/state", &o)
	info := infoLines(t, c, "everything")
	for name, got := range map[string]any{
		"prefixtracker_version": o.Version, "run_id": o.RunID, "connected_clients": o.Clients["connected"], "maxclients": o.Clients["max"],
		"maxmemory": o.Memory["limit"], "trackers_memory": o.Memory["trackers"], "rejected_connections": o.Traffic["rejected"],
		"total_error_replies": o.Traffic["errors"], "aof_enabled": "1", "aof_current_size": o.Journal.Bytes, "aof_position": o.Journal.Appended,
		"keyspace_changes": o.Keyspace["changes"], "loading": "0", "rdb_last_save_time": o.Journal.LastSave,
	} {
		if want := info[name]; fmt.Sprint(got) != want {
			t.Errorf("INFO has %s:%s, the state %v", name, want, got)
		}
	}
	if !o.Ready || o.Reason != "" || o.Keyspace["prefixes"] != 2 || o.Clients["max"] != 77 || o.Routines == 0 || o.CPU["seconds"] == 0 {
		t.Errorf("%+v", o)
	}
	i := slices.IndexFunc(o.Commands, func(c struct {
		Name            string
		Calls, Failures uint64
		Seconds         float64
	}) bool {
		return c.Name == "pt.add"
	})
	if i < 0 || o.Commands[i].Calls != 2 || o.Commands[i].Seconds <= 0 {
		t.Errorf("commands: %+v", o.Commands)
	}
}

// TestHTTP_Prefixes: search, order and pages, against what commands say.
func TestHTTP_Prefixes(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	c, l := connect(t, s.addr), look(t, s)
	c.mustDo(t, "PT.CREATE bound: MAXID 10 WIDTH 3 TAG t", simple("OK"))
	c.mustReply(t, words("PT.CLAIMNEXT bound: COUNT 6")...)
	c.mustReply(t, words("PT.TAKENEXT bound: COUNT 2")...)
	c.mustReply(t, words("PT.CLAIM bound: 5")...)
	c.mustReply(t, words("PT.ADD bound: 10")...)
	c.mustReply(t, words("PT.DELITER OPEN bound:")...)
	c.mustDo(t, "PT.CREATE small: MAXID 2", simple("OK"))
	c.mustDo(t, "PT.ADD small: 0", integer(1))
	c.mustDo(t, "PT.ADD Big: 0 70000000000", integer(2))
	c.mustReply(t, words("PT.ADDRANGE Big: 100 200")...)
	hostile := "<b>\"'&\\ \xff\x00\x1b[2J\u202e\n%2F+é:"
	c.mustDoArgs(t, []string{"PT.ADD", hostile, "1"}, integer(1))
	list := func(query string) (o prefixesObject) {
		l.object(t, "/api/v1/prefixes?"+query, &o)
		return o
	}
	eventually(t, "all are found", func() bool { return list("").Matched == 4 })
	hostileName := `<b>"'&\x5C \xFF\x00\x1B[2J\xE2\x80\xAE\x0A%2F+é:`
	for query, want := range map[string]string{
		"":                           "Big: bound: " + hostileName + " small:",
		"sort=count&limit=2":         "Big: bound:",
		"sort=count&offset=1":        "bound: " + hostileName + " small:",
		"sort=count&offset=9":        "",
		"limit=0":                    "",
		"sort=name&limit=2":          hostileName + " Big:",
		"sort=memory&limit=1":        "Big:",
		"sort=claims&limit=1":        "bound:",
		"sort=full&limit=2":          "small: bound:",
		"match=B":                    "Big: bound: " + hostileName,
		"match=%3C%42":               hostileName,
		"match=b*":                   "bound:",
		"match=*[gd]:":               "Big: bound:",
		"match=nothing":              "",
		"match=%FF%00":               hostileName,
		"match=ig:&sort=name&limit=": "Big:",
	} {
		if o := list(query); o.names() != want || o.Total != 4 || o.Prefixes == nil {
			t.Errorf("%s: %q of %d, want %q", query, o.names(), o.Total, want)
		}
	}
	o := list("match=bound")
	p := o.Prefixes[0]
	info := c.mustReply(t, "PT.INFO", "bound:")
	for name, got := range map[string]uint64{
		"max_id": *p.MaxID, "width": uint64(p.Width), "count": p.Count, "capacity": p.Capacity, "memory_bytes": p.Memory, "claims": p.Claims, "takes": p.Takes,
		"conflicts": p.Conflicts, "out_of_range": p.OutOfRange, "created_at": uint64(p.CreatedAt),
	} {
		if want := info.field(t, name).text; fmt.Sprint(got) != want {
			t.Errorf("PT.INFO says %s %s, the row %d", name, want, got)
		}
	}
	if p.Count != 4 || *p.Free != 6 || p.Tag != "t" || !p.Deleter || p.Takes != 2 {
		t.Errorf("the row is %+v", p)
	}
	if big := list("match=big").Prefixes[0]; big.MaxID != nil || big.Free != nil {
		t.Errorf("an unbounded prefix has %v, %v", big.MaxID, big.Free)
	}
	// Whatever its bytes are, a prefix is found by its id.
	for _, p := range list("").Prefixes {
		var m mapObject
		l.object(t, "/api/v1/map?cells=2&prefix="+p.ID, &m)
		if m.Prefix != p.Name || m.ID != p.ID || m.Count != p.Count {
			t.Errorf("the map of %s is that of %s", p.ID, m.ID)
		}
		if strings.ContainsFunc(p.ID, func(r rune) bool { return r > '~' || strings.ContainsRune("+ \"'<>&", r) }) {
			t.Errorf("the id %s is no plain text", p.ID)
		}
		if name, err := url.PathUnescape(p.ID); err != nil || c.mustReply(t, "EXISTS", name).raw != integer(1) {
			t.Errorf("%s is not the prefix: %v", p.ID, err)
		}
	}
}

// TestHTTP_Map: the cells are those of PT.MAP.
func TestHTTP_Map(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	c, l := connect(t, s.addr), look(t, s)
	c.mustDo(t, "PT.CREATE vec: MAXID 1000003", simple("OK"))
	c.mustReply(t, words("PT.ADDRANGE vec: 1000 300000")...)
	c.mustReply(t, words("PT.ADD vec: 0 7 500000 1000002")...)
	c.mustReply(t, words("PT.ADD open: 5 77777")...)
	for query, command := range map[string]string{
		"prefix=vec:":                              "PT.MAP vec: CELLS 256",
		"prefix=vec%3A&cells=10":                   "PT.MAP vec: CELLS 10",
		"prefix=vec:&cells=4096":                   "PT.MAP vec: CELLS 4096",
		"prefix=vec:&cells=1":                      "PT.MAP vec: CELLS 1",
		"prefix=vec:&cells=7&min=999&max=300001":   "PT.MAP vec: CELLS 7 RANGE 999 300001",
		"prefix=vec:&cells=7&min=999":              "PT.MAP vec: CELLS 7 RANGE 999 1000003",
		"prefix=vec:&cells=7&max=9999999":          "PT.MAP vec: CELLS 7 RANGE 0 1000003",
		"prefix=vec:&cells=8&min=0&max=3":          "PT.MAP vec: CELLS 8 RANGE 0 3",
		"prefix=vec:&cells=8&min=2000000":          "PT.MAP vec: CELLS 8 RANGE 2000000 3000000",
		"prefix=open:&cells=10":                    "PT.MAP open: CELLS 10",
		"prefix=open:&cells=10&max=100000":         "PT.MAP open: CELLS 10 RANGE 0 100000",
		"prefix=open:&cells=3&min=6&max=999999999": "PT.MAP open: CELLS 3 RANGE 6 999999999",
	} {
		var m mapObject
		l.object(t, "/api/v1/map?"+query, &m)
		want := counts(c.mustReply(t, words(command)...))
		if len(m.Cells) > len(want) || !slices.Equal(m.Cells, want[:len(m.Cells)]) || slices.ContainsFunc(want[len(m.Cells):], func(n uint64) bool { return n > 0 }) {
			t.Errorf("%s: %v\n%s: %v", query, m.Cells, command, want)
		}
		if n := uint64(len(m.Cells)); n > 0 && (m.Min+(n-1)*m.Cell >= m.Max || m.Min+n*m.Cell < m.Max) {
			t.Errorf("%s: %d cells of %d from %d to %d", query, n, m.Cell, m.Min, m.Max)
		}
		if count := c.mustReply(t, "PT.COUNT", m.Prefix).text; fmt.Sprint(m.Row.Count) != count {
			t.Errorf("%s: the row has %d IDs, PT.COUNT says %s", query, m.Row.Count, count)
		}
	}
}

// counts are the elements of a reply.
func counts(r reply) (all []uint64) {
	for _, item := range r.items {
		n, _ := strconv.ParseUint(item.text, 10, 64)
		all = append(all, n)
	}
	return all
}

// TestHTTP_Clients: those who were active last come first.
func TestHTTP_Clients(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	l := look(t, s)
	var all []*client
	for i := range 5 {
		c := connect(t, s.addr)
		c.mustReply(t, "CLIENT", "SETNAME", fmt.Sprintf("worker-%d", i))
		c.mustReply(t, "CLIENT", "SETINFO", "LIB-NAME", "lib")
		c.mustReply(t, "CLIENT", "SETINFO", "LIB-VER", "1.2")
		all = append(all, c)
	}
	var o clientsObject
	for _, i := range []int{3, 1} {
		eventually(t, "who was active last comes first", func() bool {
			all[i].mustReply(t, "PT.COUNT", "v:")
			l.object(t, "/api/v1/clients?limit=2", &o)
			return o.Clients[0].Name == fmt.Sprintf("worker-%d", i)
		})
	}
	first := o.Clients[0]
	if o.Connected != 5 || len(o.Clients) != 2 || first.Library != "lib 1.2" || first.Command != "pt.count" || first.Commands < 4 || first.Address != all[1].conn.LocalAddr().String() || first.Connected < first.Idle {
		t.Errorf("%+v", o)
	}
}
