package remote

import (
	"context"

	"github.com/gomodule/redigo/redis"
)

// scanCount is how many IDs or runs are asked for at a time. A page is dealt with while the next one is on its way.
const scanCount = 1 << 15

// Scan gives to the IDs of a prefix that exist from min to max-1, ascending, as runs: n IDs from start on, of
// which one may go on where the one before ends. What is added or removed meanwhile may be among them or
// not. It ends at the first error, that of to included.
func (c *Client) Scan(ctx context.Context, prefix string, min, max uint64, to func(start, n uint64) error) error {
	ctx, stop := context.WithCancel(ctx)
	s := &scan{client: c, words: []any{prefix, "0", "RANGE", digits(min), digits(max), "COUNT", digits(scanCount)}}
	pages, used := make(chan scanPage), make(chan []scanRun, 2)
	used <- nil
	used <- nil
	go func() {
		defer close(pages)
		for more := true; more; {
			var p scanPage
			select {
			case p.runs = <-used:
			case <-ctx.Done():
				return
			}
			p.runs, more, p.err = s.page(ctx, p.runs[:0])
			select {
			case pages <- p:
			case <-ctx.Done():
				return
			}
		}
	}()
	defer func() {
		stop()
		for range pages { // until who asks has ended
		}
	}()
	for p := range pages {
		for _, r := range p.runs {
			if err := to(r.start, r.n); err != nil {
				return err
			}
		}
		if p.err != nil {
			return p.err
		}
		used <- p.runs
	}
	return ctx.Err()
}

type scanRun struct{ start, n uint64 }

type scanPage struct {
	runs []scanRun
	err  error
}

// scan asks for one page after the other.
type scan struct {
	client *Client
	words  []any
	asIDs  bool // no RUNS behind words
}

const cursorWord = 1 // of the words

// page appends the next one to runs. more is false at the end, and with an error.
func (s *scan) page(ctx context.Context, runs []scanRun) (_ []scanRun, more bool, err error) {
	words := s.words
	if !s.asIDs {
		words = append(words, "RUNS")
	}
	reply, err := s.client.Do(ctx, "PT.SCAN", words...)
	if err != nil {
		return runs, false, err
	}
	parts, err := pair(reply)
	if err != nil {
		return runs, false, s.client.about("PT.SCAN", err)
	}
	cursor, err := redis.String(parts[0], nil)
	s.words[cursorWord] = cursor
	var list []any
	if err == nil {
		list, err = redis.Values(parts[1], nil)
	}
	var ids uint64
	for i := 0; i < len(list) && err == nil; i++ {
		r := scanRun{n: 1}
		if s.asIDs {
			r.start, err = redis.Uint64(list[i], nil)
		} else {
			r, err = asRun(list[i])
		}
		ids += r.n
		if last := len(runs) - 1; last >= 0 && runs[last].start+runs[last].n == r.start {
			runs[last].n += r.n
		} else {
			runs = append(runs, r)
		}
	}
	if err != nil {
		return runs, false, s.client.about("PT.SCAN", err)
	}
	// A run costs as much to read as several IDs.
	s.asIDs = ids < runsWorth*uint64(len(runs))
	return runs, cursor != "0", nil
}

// runsWorth is how many IDs a run has at least if it is less work than these one by one.
const runsWorth = 3

func asRun(reply any) (r scanRun, err error) {
	both, err := pair(reply)
	if err == nil {
		r.start, err = redis.Uint64(both[0], nil)
	}
	if err == nil {
		r.n, err = redis.Uint64(both[1], nil)
	}
	return r, err
}

func pair(reply any) ([]any, error) {
	both, err := redis.Values(reply, nil)
	if err == nil && len(both) != 2 {
		err = errReply
	}
	return both, err
}
