package report_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/report"
)

// seen is what a driver may have seen, other for each seed, and every latency of it by operation.
func seen(seed uint64, replies int) (driver.Result, [][]int64) {
	random := rand.New(rand.NewPCG(seed, 1))
	r := driver.Result{
		Phase: "mix\x1b[2J\u202e", Ops: []string{"GET", "SET,\"é\""}, Began: time.Unix(1_800_000_000+int64(seed), 5).UTC(), Took: time.Duration(1e9 + random.Int64N(1e9)),
		Drivers: 1, Clients: 50, Rate: 1000, Cut: 3, CPU: 7 * time.Millisecond, Asked: driver.Asked{Commands: 5, IDs: 100, Expired: 1},
		Sync:     &remote.SyncJob{ID: seed, Mode: "verify", State: "done", MissingKeys: []string{"vec:\x1b1"}},
		Expect:   []driver.Verdict{{Expectation: "ops>=1", Figure: 3, Met: true}, {Expectation: "hit=1", Figure: math.NaN()}},
		Warnings: []string{"slow"},
	}
	r.Stats = load.Stats{Sent: 9, Redirected: 8, Connected: 7, Backlog: 6, Behind: 5, Starved: 4}
	latencies := make([][]int64, len(r.Ops))
	for k := range r.Ops {
		f := load.NewFigures()
		for i := range replies {
			ns := int64(math.Exp(random.Float64() * 24)) // up to half a minute
			latencies[k] = append(latencies[k], ns)
			if err := f.Latency.RecordValue(ns); err != nil {
				panic(err)
			}
			f.Outcomes[i%len(f.Outcomes)]++
		}
		f.Faults["WRONGTYPE\x07"] = &load.Fault{Count: 2, First: "GET vec:1: WRONGTYPE \x1b]0;x\x07"}
		r.Stats.Kinds = append(r.Stats.Kinds, f)
	}
	return r, latencies
}

func mustWrite(t *testing.T, format string, results ...driver.Result) string {
	t.Helper()
	var text bytes.Buffer
	if err := report.Write(&text, format, results); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func mustRead(t *testing.T, text string) []driver.Result {
	t.Helper()
	results, err := report.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// TestJSON_ComesBack: what is read is what was written, to the last reply, and with nothing that a terminal obeys in
// between.
func TestJSON_ComesBack(t *testing.T) {
	for _, replies := range []int{0, 1, 10_000} {
		r, _ := seen(1, replies)
		text := mustWrite(t, "json", r)
		for _, hostile := range []string{"\x1b", "\x07", "\u202e"} {
			if strings.Contains(text, hostile) {
				t.Errorf("%q is written as it is", hostile)
			}
		}
		back := mustRead(t, text)
		if len(back) != 1 {
			t.Fatalf("%d phases", len(back))
		}
		// NaN is unlike itself.
		if !math.IsNaN(back[0].Expect[1].Figure) {
			t.Errorf("a figure that is not known is %v", back[0].Expect[1].Figure)
		}
		back[0].Expect[1].Figure, r.Expect[1].Figure = 0, 0
		for k := range r.Stats.Kinds {
			if was, is := r.Stats.Kinds[k].Latency, back[0].Stats.Kinds[k].Latency; !is.Equals(was) {
				t.Errorf("with %d replies, the histogram of %s is another", replies, r.Ops[k])
			}
			r.Stats.Kinds[k].Latency = back[0].Stats.Kinds[k].Latency
		}
		if !reflect.DeepEqual(back[0], r) {
			t.Errorf("with %d replies:\n%+v\n%+v", replies, back[0], r)
		}
	}
}

// TestMerge_IsExact: what three drivers have seen is, merged, what one that saw all of it would have seen.
func TestMerge_IsExact(t *testing.T) {
	var runs [][]driver.Result
	whole := make([]load.Figures, 2)
	for k := range whole {
		whole[k] = load.NewFigures()
	}
	var longest time.Duration
	for seed := range uint64(3) {
		r, latencies := seen(seed+1, 5000)
		runs = append(runs, mustRead(t, mustWrite(t, "json", r)))
		longest = max(longest, r.Took)
		for k := range latencies {
			for _, ns := range latencies[k] {
				if err := whole[k].Latency.RecordValue(ns); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	merged, err := report.Merge(runs...)
	if err != nil {
		t.Fatal(err)
	}
	m := merged[0]
	for k := range whole {
		if !m.Stats.Kinds[k].Latency.Equals(whole[k].Latency) {
			t.Errorf("%s: another histogram", m.Ops[k])
		}
		for o, n := range m.Stats.Kinds[k].Outcomes {
			if want := 3 * uint64(5000/len(m.Stats.Kinds[k].Outcomes)); n != want {
				t.Errorf("%s: outcome %d: %d, want %d", m.Ops[k], o, n, want)
			}
		}
		if n := m.Stats.Kinds[k].Faults["WRONGTYPE\x07"].Count; n != 6 {
			t.Errorf("%d faults", n)
		}
	}
	type sums struct {
		drivers, clients int
		rate             float64
		cut, sent        uint64
		backlog          uint64
		asked            driver.Asked
		took             time.Duration
		began            int64
	}
	got := sums{m.Drivers, m.Clients, m.Rate, m.Cut, m.Stats.Sent, m.Stats.Backlog, m.Asked, m.Took, m.Began.Unix()}
	want := sums{3, 150, 3000, 9, 27, 18, driver.Asked{Commands: 15, IDs: 300, Expired: 3}, longest, 1_800_000_001}
	if got != want {
		t.Errorf("%+v\n%+v", got, want)
	}
	if v := m.Expect[0]; v.Figure != 30000 || !v.Met {
		t.Errorf("judged again: %+v", v)
	}
	// Merging what was merged loses nothing.
	again, err := report.Merge(mustRead(t, mustWrite(t, "json", merged...)))
	if err != nil || again[0].Drivers != 3 || !again[0].Stats.Kinds[0].Latency.Equals(whole[0].Latency) {
		t.Errorf("%v, %+v", err, again)
	}
}

func TestMerge_RefusesOthers(t *testing.T) {
	r, _ := seen(1, 10)
	other, _ := seen(1, 10)
	other.Ops = []string{"GET", "DEL"}
	for name, runs := range map[string][][]driver.Result{
		"operations":       {{r}, {other}},
		"number of phases": {{r}, {r, r}},
	} {
		if _, err := report.Merge(runs...); err == nil {
			t.Errorf("merged, with another %s", name)
		}
	}
}

// TestRead_Refuses what was not written so: with an error, and nothing else.
func TestRead_Refuses(t *testing.T) {
	r, _ := seen(1, 10)
	good := mustWrite(t, "json", r)
	mustRead(t, good)
	for name, change := range map[string][2]string{
		"version":   {`"version": 1`, `"version": 2`},
		"replies":   {`"done": 2`, `"done": 3`},
		"histogram": {`"histogram_v2": "HISTFAAAA`, `"histogram_v2": "HISTFBBBB`},
		"time":      {`"took_ns": `, `"took_ns": -`},
		// Together as many as its histogram has, where sums run over.
		"counts":           {"\"done\": 2,\n          \"hits\": 2", "\"done\": 18446744073709551615,\n          \"hits\": 5"},
		"number of phases": {`"phases": [`, `"phases": [` + strings.Repeat("{},", 1000)},
	} {
		if !strings.Contains(good, change[0]) {
			t.Fatalf("%s: nothing to change", name)
		}
		if _, err := report.Read(strings.NewReader(strings.Replace(good, change[0], change[1], 1))); err == nil {
			t.Errorf("read with another %s", name)
		}
	}
	for n := range len(good) {
		if _, err := report.Read(strings.NewReader(good[:n])); err == nil && strings.TrimSpace(good[n:]) != "" {
			t.Fatalf("read when cut off after %d bytes", n)
		}
	}
}

func TestCSV_ALineForEachOperation(t *testing.T) {
	r, latencies := seen(1, 1000)
	empty, _ := seen(2, 0)
	text := mustWrite(t, "csv", r, empty)
	if strings.ContainsAny(text, "\x1b\x07\u202e") {
		t.Errorf("%q", text)
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(lines) != 5 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	want := map[string]string{"phase": "mix?[2J?", "op": "GET", "replies": "1000", "hits": "200", "misses": "200", "hit_ratio": "0.5", "wrong": "200", "errors": "200"}
	for name, is := range want {
		if got := lines[1][column[name]]; got != is {
			t.Errorf("%s: %q, want %q", name, got, is)
		}
	}
	most := int64(0)
	for _, ns := range latencies[0] {
		most = max(most, ns)
	}
	var ms float64
	if _, err := fmt.Sscan(lines[1][column["max_ms"]], &ms); err != nil || math.Abs(ms*1e6/float64(most)-1) > 0.002 {
		t.Errorf("max %v ms, want %d ns", ms, most)
	}
	for _, name := range []string{"hit_ratio", "p50_ms", "max_ms"} {
		if got := lines[3][column[name]]; got != "" {
			t.Errorf("without a reply, %s is %q", name, got)
		}
	}
}

// TestHGRM_SaysWhoseItIs: a section for each operation, of as many replies as there were.
func TestHGRM_SaysWhoseItIs(t *testing.T) {
	r, _ := seen(1, 1000)
	text := mustWrite(t, "hgrm", r)
	sections := strings.Split(text, "#[Phase = mix?[2J?, Operation = ")[1:]
	if len(sections) != 2 || !strings.HasPrefix(sections[0], "GET]\n") {
		t.Fatalf("%q", text)
	}
	for _, section := range sections {
		if !strings.Contains(section, "Total count    =         1000]") || !strings.Contains(section, "1.000000         1000") {
			t.Errorf("%s", section)
		}
	}
}

func TestWrite_NamesItsFormats(t *testing.T) {
	if err := report.Write(&bytes.Buffer{}, "xml", nil); err == nil || !strings.Contains(err.Error(), "json, csv, hgrm") {
		t.Error(err)
	}
}
