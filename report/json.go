package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
)

// version is that of the document. Fields are added without another.
const version = 1

// document is the JSON of a run.
type document struct {
	Version int         `json:"version"`
	Phases  []phaseJSON `json:"phases"`
}

type phaseJSON struct {
	Name       string          `json:"name"`
	Drivers    int             `json:"drivers"`
	Began      time.Time       `json:"began"`
	Seconds    float64         `json:"seconds"`
	TookNS     int64           `json:"took_ns"`
	Clients    int             `json:"clients"`
	Rate       float64         `json:"rate_asked,omitempty"`
	PerSecond  float64         `json:"per_second"`
	CPUNS      int64           `json:"cpu_ns"`
	Sent       uint64          `json:"sent"`
	Redirected uint64          `json:"redirected"`
	Connected  uint64          `json:"connected_again"`
	Backlog    uint64          `json:"backlog"`
	BehindNS   int64           `json:"behind_ns"`
	StarvedNS  int64           `json:"starved_ns"`
	Cut        uint64          `json:"cut"`
	Tracker    driver.Asked    `json:"tracker"`
	Ops        []opJSON        `json:"ops"`
	Sync       *remote.SyncJob `json:"sync,omitempty"`
	Expect     []verdictJSON   `json:"expect,omitempty"`
	Warnings   []string        `json:"warnings,omitempty"`
}

type opJSON struct {
	Name      string               `json:"name"`
	Replies   uint64               `json:"replies"`
	PerSecond float64              `json:"per_second"`
	Done      uint64               `json:"done"`
	Hits      uint64               `json:"hits"`
	Misses    uint64               `json:"misses"`
	HitRatio  *float64             `json:"hit_ratio,omitempty"`
	Wrong     uint64               `json:"wrong"`
	Failed    uint64               `json:"failed"`
	Faults    map[string]faultJSON `json:"faults,omitempty"`
	LatencyNS map[string]float64   `json:"latency_ns,omitempty"`
	Histogram string               `json:"histogram_v2"`
}

type faultJSON struct {
	Count uint64 `json:"count"`
	First string `json:"first"`
}

type verdictJSON struct {
	Expectation string   `json:"expectation"`
	Figure      *float64 `json:"figure,omitempty"`
	Met         bool     `json:"met"`
}

func writeJSON(w io.Writer, results []driver.Result) error {
	d := document{Version: version, Phases: []phaseJSON{}}
	for i := range results {
		p, err := newPhase(&results[i])
		if err != nil {
			return err
		}
		d.Phases = append(d.Phases, p)
	}
	text, err := json.MarshalIndent(&d, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, escaped(string(text))+"\n")
	return err
}

// escaped is JSON in which a stranger's text has nothing that a terminal would obey.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || strconv.IsPrint(r) { // a line ends only between values
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

func newPhase(r *driver.Result) (phaseJSON, error) {
	s := &r.Stats
	p := phaseJSON{
		Name: r.Phase, Drivers: r.Drivers, Began: r.Began.UTC(), Seconds: r.Took.Seconds(), TookNS: int64(r.Took), Clients: r.Clients, Rate: r.Rate,
		CPUNS: int64(r.CPU), Sent: s.Sent, Redirected: s.Redirected, Connected: s.Connected, Backlog: s.Backlog,
		BehindNS: int64(s.Behind), StarvedNS: int64(s.Starved), Cut: r.Cut, Tracker: r.Asked, Ops: []opJSON{},
		Sync: r.Sync, Warnings: r.Warnings,
	}
	for i, name := range r.Ops {
		op, err := newOp(name, r, &s.Kinds[i])
		if err != nil {
			return p, err
		}
		p.Ops = append(p.Ops, op)
		p.PerSecond += op.PerSecond
	}
	for _, v := range r.Expect {
		out := verdictJSON{Expectation: v.Expectation, Met: v.Met}
		if !math.IsNaN(v.Figure) {
			out.Figure = &v.Figure
		}
		p.Expect = append(p.Expect, out)
	}
	return p, nil
}

func newOp(name string, r *driver.Result, f *load.Figures) (opJSON, error) {
	op := opJSON{
		Name: name, Replies: f.Replies(), PerSecond: perSecond(f.Replies(), r), Done: f.Outcomes[load.Done],
		Hits: f.Outcomes[load.Hit], Misses: f.Outcomes[load.Miss], Wrong: f.Outcomes[load.Wrong], Failed: f.Outcomes[load.Failed],
		Faults: map[string]faultJSON{},
	}
	if ratio, known := hitRatio(f); known {
		op.HitRatio = &ratio
	}
	for what, fault := range f.Faults {
		op.Faults[what] = faultJSON(*fault)
	}
	if op.Replies > 0 {
		op.LatencyNS = map[string]float64{"min": float64(f.Latency.Min()), "mean": f.Latency.Mean(), "max": float64(f.Latency.Max())}
		for _, q := range percentiles {
			op.LatencyNS[percentileName(q)] = float64(f.Latency.ValueAtPercentile(q))
		}
	}
	text, err := f.Latency.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	op.Histogram = string(text)
	return op, err
}
