package workload

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Expectation is what figures must be: hit=1, GET.p99<5ms, ops>=100000, errors=0.
type Expectation struct {
	Op         string  // "" for all of the phase
	Figure     string  // hit, ops, rate, errors, misses, wrong, mean, max, or p99.9 and the like
	Percentile float64 // of a Figure such as p99.9; 0 of others
	Is         string  // = < <= > >=
	Value      float64 // latencies in seconds
}

// figures are the names of figures, and what they are measured in. Beside them there are percentiles.
var figures = map[string]func(text string) (float64, error){
	"hit": func(text string) (float64, error) {
		n, err := parseRatio(text)
		return float64(n) / whole, err
	},
	"ops": parseCount, "rate": parseCount, "errors": parseCount, "misses": parseCount, "wrong": parseCount,
	"mean": parseLatency, "max": parseLatency,
}

func parseCount(text string) (float64, error) {
	n, err := parseNumber(text)
	return float64(n), err
}

var errLatency = errors.New("must be a time with its unit, such as 500us or 5ms, of at most an hour")

func parseLatency(text string) (float64, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > time.Hour {
		return 0, errLatency
	}
	return d.Seconds(), nil
}

var (
	errExpectation = errors.New("must be a figure, one of = < <= > >=, and a value, such as hit=1, GET.p99<5ms or ops>=100000")
	errFigure      = errors.New("its figure must be hit, ops, rate, errors, misses, wrong, mean, max or a percentile such as p99.9, with the name of an operation and a point before it or without")
	errEquals      = errors.New("what is measured is never the same twice: = is for hit, ops, errors, misses and wrong")
)

const longestExpectation = 256

// ParseExpectation reads one.
func ParseExpectation(text string) (e Expectation, err error) {
	at := strings.IndexAny(text, "<=>")
	if at < 0 || len(text) > longestExpectation {
		return e, errExpectation
	}
	figure, value := strings.TrimSpace(text[:at]), text[at:]
	for _, is := range []string{"<=", ">=", "=", "<", ">"} {
		if rest, ok := strings.CutPrefix(value, is); ok {
			e.Is, value = is, strings.TrimSpace(rest)
			break
		}
	}
	read := e.name(figure)
	if read == nil {
		return Expectation{}, errFigure
	}
	if e.Value, err = read(value); err != nil {
		return Expectation{}, fmt.Errorf("%s %w", e.Figure, err)
	}
	if e.Is == "=" && (e.isLatency() || e.Figure == "rate") {
		return Expectation{}, errEquals
	}
	return e, nil
}

// name notes whose figure it is and which, and returns how its value is read. The names of operations may have points in
// them, and those of percentiles.
func (e *Expectation) name(text string) func(string) (float64, error) {
	for from := 0; ; {
		if e.Figure = text[from:]; figures[e.Figure] != nil {
			return figures[e.Figure]
		}
		if e.Percentile = percentile(e.Figure); e.Percentile > 0 {
			return parseLatency
		}
		point := strings.IndexByte(e.Figure, '.')
		if point < 0 {
			return nil
		}
		from += point + 1
		e.Op = text[:from-1]
		if !isName(e.Op) {
			return nil
		}
	}
}

// percentile is the number of a name such as p99.9, or 0.
func percentile(name string) float64 {
	text, ok := strings.CutPrefix(name, "p")
	n, good := fixed(text, 6)
	if !ok || !good || n == 0 || n >= 100*whole {
		return 0
	}
	return float64(n) / whole
}

func (e Expectation) isLatency() bool {
	return e.Percentile > 0 || slices.Contains([]string{"mean", "max"}, e.Figure)
}

// Met tells whether a figure is as expected. One that is not known (NaN) is not.
func (e Expectation) Met(figure float64) bool {
	if e.Figure == "hit" {
		figure = math.Round(figure*whole) / whole
	}
	switch e.Is {
	case "=":
		return figure == e.Value
	case "<":
		return figure < e.Value
	case "<=":
		return figure <= e.Value
	case ">":
		return figure > e.Value
	case ">=":
		return figure >= e.Value
	}
	return false
}

// MetHit tells whether so many hits of so many are the ratio that is expected. Where it is to be equal, and is neither 0 nor
// 1, they may differ by less than one, as a [Sequence] does, and by slack: those that were cut off at the end.
func (e Expectation) MetHit(hits, of, slack uint64) bool {
	ratio := uint64(math.Round(e.Value * whole))
	if of == 0 {
		return false
	}
	got, want := hits*whole, ratio*of
	switch e.Is {
	case "=":
		if ratio == 0 || ratio == whole {
			return got == want
		}
		return max(got, want)-min(got, want) < (slack+1)*whole
	case "<":
		return got < want
	case "<=":
		return got <= want
	case ">":
		return got > want
	case ">=":
		return got >= want
	}
	return false
}

func (e Expectation) String() string {
	value := strconv.FormatFloat(e.Value, 'f', -1, 64)
	if e.isLatency() {
		value = time.Duration(math.Round(e.Value * 1e9)).String()
	}
	if e.Op == "" {
		return e.Figure + e.Is + value
	}
	return e.Op + "." + e.Figure + e.Is + value
}

// longestName is how long the name of a phase or an operation may be.
const longestName = 64

// isName tells whether a phase or an operation may be called so.
func isName(text string) bool {
	return text != "" && len(text) <= longestName &&
		strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:") == ""
}
