package integration_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The objects of leases and shared cursors, as docs/observing.md has them.
type (
	leasesObject struct {
		Now          float64
		Prefix, ID   string
		Leased, Open uint64
		Leases       []struct {
			Token, Kind, Name   string
			Outstanding, Client uint64
			TTL                 float64 `json:"ttl_seconds"`
			Age                 float64 `json:"age_seconds"`
		}
	}
	cursorsObject struct {
		Now     float64
		Open    int
		Cursors []struct {
			Name, Prefix, ID, Filter, Except, Only         string
			Min, Max, Limit                                uint64
			Random, Loop                                   bool
			Position, Issued, Outstanding, Returned, Loops uint64
			Progress                                       float64
		}
	}
)

// leaseSome makes what the tests below look at: 1,000 IDs, of which 290 exist and 130 are in flight in two
// leases, one lease that has run out, and a shared cursor over the prefix.
func leaseSome(t *testing.T, c *client) (claimed, taken string) {
	t.Helper()
	c.mustDo(t, "CLIENT SETNAME worker-7", simple("OK"))
	c.mustDo(t, "PT.CREATE vec: MAXID 1000", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE vec: 0 320", integer(320))
	claimed = c.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 100 LEASE 600000")...).items[0].text
	taken = c.mustReply(t, words("PT.TAKENEXT vec: COUNT 30 LEASE 300000")...).items[0].text
	c.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 5 LEASE 1")...)
	eventually(t, "one runs out", func() bool {
		return infoOf(t, c, "stats", "leases_expired") == 1 && infoOf(t, c, "stats", "leases") == 2
	})
	c.mustDo(t, "PT.CURSOR OPEN pass vec: SET RANGE 0 1000 EXCEPT vec:", simple("OK"))
	c.mustDo(t, "PT.CURSOR CLOSE pass", integer(1))
	c.mustDo(t, "PT.CURSOR OPEN pass vec: SET RANGE 0 1000", simple("OK"))
	c.mustReply(t, words("PT.CURSOR NEXT pass COUNT 50")...) // the IDs 30 to 79
	c.mustReply(t, words("PT.CURSOR NEXT pass COUNT 20 LEASE 600000")...)
	return claimed, taken
}

// TestHTTP_LeasesAndCursors: rows, maps and lists say what commands say, and what exists, is in flight and is free
// comes to the bound.
func TestHTTP_LeasesAndCursors(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	c, l := connect(t, s.addr), look(t, s)
	claimed, taken := leaseSome(t, c)
	info := c.mustReply(t, "PT.INFO", "vec:")
	for _, query := range []string{"map?prefix=vec:&cells=10", "map?prefix=vec:&cells=1000", "map?prefix=vec:&cells=7&min=5&max=400"} {
		var m mapObject
		l.object(t, "/api/v1/"+query, &m)
		r := m.Row
		for name, got := range map[string]uint64{"count": r.Count, "leased": r.Leased, "leases": r.Leases, "leases_expired": r.Expired} {
			if want := info.field(t, name).text; fmt.Sprint(got) != want {
				t.Errorf("PT.INFO says %s %s, the row %d", name, want, got)
			}
		}
		if r.Count != 290 || r.Leased != 130 || *r.Free != 580 || fmt.Sprint(*r.Free) != c.mustReply(t, words("PT.COUNT vec: UNSET")...).text {
			t.Errorf("%d exist, %d are in flight, %d are free", r.Count, r.Leased, *r.Free)
		}
		for i, n := range m.Flight {
			from := m.Min + uint64(i)*m.Cell
			end := min(from+m.Cell, m.Max)
			if want := common(from, end, 0, 30) + common(from, end, 320, 420); n != want || m.Cells[i] != common(from, end, 30, 320) {
				t.Errorf("%s: of %d to %d %d exist and %d are in flight, want %d in flight", query, from, end, m.Cells[i], n, want)
			}
		}
		if len(m.Flight) != len(m.Cells) {
			t.Errorf("%s: %d cells, %d with what is in flight", query, len(m.Cells), len(m.Flight))
		}
	}
	var o leasesObject
	l.object(t, "/api/v1/leases?prefix=vec%3A", &o)
	if o.Leased != 130 || o.Open != 2 || len(o.Leases) != 2 || o.Prefix != "vec:" || o.ID != "vec%3A" {
		t.Fatalf("%+v", o)
	}
	id := c.mustReply(t, words("CLIENT ID")...).text
	for _, lease := range o.Leases {
		want, kind, most := 100, "claim", 600.0
		if lease.Token == taken {
			want, kind, most = 30, "take", 300
		} else if lease.Token != claimed {
			t.Errorf("%s is none of the leases", lease.Token)
		}
		if lease.Outstanding != uint64(want) || lease.Kind != kind || lease.TTL > most || lease.TTL < most-2*patience.Seconds() || lease.Age < 0 || lease.Name != "worker-7" || fmt.Sprint(lease.Client) != id {
			t.Errorf("%+v", lease)
		}
	}
	var few leasesObject
	if l.object(t, "/api/v1/leases?prefix=vec:&limit=1", &few); few.Open != 2 || len(few.Leases) != 1 {
		t.Errorf("one at most: %+v", few)
	}
	var p cursorsObject
	c.mustDo(t, "PT.ADD other: 1", integer(1))
	c.mustDo(t, "PT.CURSOR OPEN another other: ALL RANGE 0 9 RANDOM 7 LIMIT 5 LOOP EXCEPT vec:", simple("OK"))
	l.object(t, "/api/v1/cursors?prefix=vec:", &p)
	if p.Open != 1 || len(p.Cursors) != 1 {
		t.Fatalf("%+v", p)
	}
	cursor := c.mustReply(t, words("PT.CURSOR INFO pass")...)
	one := p.Cursors[0]
	for name, got := range map[string]any{"prefix": one.Prefix, "filter": one.Filter, "position": one.Position, "issued": one.Issued, "outstanding": one.Outstanding, "returned": one.Returned, "loops": one.Loops} {
		if want := cursor.field(t, name).text; fmt.Sprint(got) != want {
			t.Errorf("PT.CURSOR INFO says %s %s, the object %v", name, want, got)
		}
	}
	if one.Name != "pass" || one.Max != 1000 || one.Progress != 0.08 || one.Outstanding != 20 || one.Issued != 70 {
		t.Errorf("%+v", one)
	}
	l.object(t, "/api/v1/cursors", &p)
	if p.Open != 2 || len(p.Cursors) != 2 || p.Cursors[0].Name != "another" || !p.Cursors[0].Random || !p.Cursors[0].Loop || p.Cursors[0].Limit != 5 || p.Cursors[0].Except != "vec:" || p.Cursors[0].Filter != "all" {
		t.Errorf("%+v", p)
	}
	var state stateObject
	if l.object(t, "/api/v1/state", &state); state.Keyspace["leases"] != 2 || state.Keyspace["leases_expired"] != 1 || state.Keyspace["cursors"] != 2 {
		t.Errorf("%v", state.Keyspace)
	}
	l.mustSay(t, "/api/v1/leases", http.StatusBadRequest, "prefix must be")
	l.mustSay(t, "/api/v1/leases?prefix=none", http.StatusNotFound, "no such prefix")
	l.mustSay(t, "/api/v1/cursors?prefix=none", http.StatusNotFound, "no such prefix")
	l.mustSay(t, "/api/v1/leases?prefix=vec:&limit=201", http.StatusBadRequest, "limit must be")
	l.mustSay(t, "/api/v1/cursors?limit=201", http.StatusBadRequest, "limit must be")

	// Without anything in flight a map has nothing to say of it.
	c.mustReply(t, "PT.CONFIRM", claimed)
	c.mustReply(t, "PT.RELEASE", taken)
	l.mustSay(t, "/api/v1/map?prefix=vec:", http.StatusOK, `"count":420`)
	if a := l.get(t, "/api/v1/map?prefix=vec:"); strings.Contains(a.body, "flight") {
		t.Error(a.body)
	}
}

// common is how many IDs of two ranges are the same.
func common(min1, max1, min2, max2 uint64) uint64 {
	if from, end := max(min1, min2), min(max1, max2); from < end {
		return end - from
	}
	return 0
}

// TestHTTP_StreamOfLeases: they are in a stream for who wants them, and a prefix that is not there stops nothing.
func TestHTTP_StreamOfLeases(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	c, l := connect(t, s.addr), look(t, s)
	leaseSome(t, c)
	f := l.follow(t, "limit=0&prefix=vec:&leases=1&cursors=1")
	f.until("leases", func(data string) bool {
		var o leasesObject
		readObject(t, "leases", data, &o)
		return o.Open == 2 && len(o.Leases) == 2
	})
	f.until("cursors", func(data string) bool {
		var o cursorsObject
		readObject(t, "cursors", data, &o)
		return o.Open == 1 && len(o.Cursors) == 1
	})
	f = l.follow(t, "limit=0&prefix=none&leases=1&cursors=1")
	f.until("gone", func(data string) bool { return data == `{"prefix":"none"}` })
	f.until("state", func(string) bool { return true })
	f.until("state", func(string) bool { return true })
	c.mustReply(t, words("PT.CLAIMNEXT none LEASE 600000")...)
	f.until("leases", func(data string) bool { return strings.Contains(data, `"leased":1,"open":1`) })
	f.until("cursors", func(data string) bool { return strings.Contains(data, `"open":0,"cursors":[]`) })
}

// TestHTTP_MetricsOfLeases: those of a prefix, of the rest beyond the cap, and of shared cursors behind the same cap.
func TestHTTP_MetricsOfLeases(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--metrics-prefixes", "2")
	c, l := connect(t, s.addr), look(t, s)
	leaseSome(t, c)
	c.mustDo(t, "PT.ADDRANGE large: 0 500", integer(500))
	for i := range 3 {
		small := "small" + strconv.Itoa(i)
		c.mustReply(t, words("PT.CLAIMNEXT "+small+" COUNT 7 LEASE 600000")...)
		c.mustDo(t, "PT.CURSOR OPEN "+small+" "+small+" SET RANGE 0 1000", simple("OK"))
	}
	want := map[string]float64{
		"leased_ids": 151, "leases": 5, "leases_expired_total": 1, "cursors": 4,
		`prefix_ids{prefix="vec:"}`: 290, `prefix_leased_ids{prefix="vec:"}`: 130, `prefix_free_ids{prefix="vec:"}`: 580, `prefix_bound_ids{prefix="vec:"}`: 1000,
		`prefix_leases{prefix="vec:"}`: 2, `prefix_leases_expired_total{prefix="vec:"}`: 1, `prefix_leased_ids{prefix="large:"}`: 0,
		"other_prefixes": 3, "other_prefixes_leased_ids": 21, "other_prefixes_leases": 3,
	}
	var m map[string]float64
	eventually(t, "all are counted", func() bool {
		m = scrape(t, l)
		return m["prefixtracker_other_prefixes_leased_ids"] == 21 && m["prefixtracker_leased_ids"] == 151
	})
	for name, want := range want {
		if got, ok := m["prefixtracker_"+name]; !ok || got != want {
			t.Errorf("%s is %v (%t), want %v", name, got, ok, want)
		}
	}
	var own []string
	for name := range m {
		if cursor, is := strings.CutPrefix(name, "prefixtracker_cursor_progress_ratio"); is {
			own = append(own, cursor)
		}
	}
	if slices.Sort(own); !slices.Equal(own, []string{`{cursor="small1",prefix="small1"}`, `{cursor="small2",prefix="small2"}`}) {
		t.Errorf("these have metrics of their own: %q", own)
	}
	c.mustReply(t, words("PT.CURSOR CLOSE small1")...)
	c.mustReply(t, words("PT.CURSOR CLOSE small2")...)
	m = scrape(t, l)
	for name, want := range map[string]float64{"progress_ratio": 0.08, "issued_ids": 70, "outstanding_ids": 20} {
		if got := m["prefixtracker_cursor_"+name+`{cursor="pass",prefix="vec:"}`]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if n, _ := strconv.ParseFloat(infoLines(t, c, "stats")["cursors"], 64); n != m["prefixtracker_cursors"] || n != 2 {
		t.Errorf("INFO has %v cursors, there are %v", n, m["prefixtracker_cursors"])
	}
}
