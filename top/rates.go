package top

import "math"

// calm is how many seconds back a rate looks, about: fewer would flicker, more would lag.
const calm = 3

// pace is how fast a prefix changes.
type pace struct {
	last   prefix
	at     float64
	known  bool // there was an answer before the last one
	change float64
	claims float64
	takes  float64
}

// paces are those of the prefixes that were told lately, by ID.
type paces map[string]*pace

// patience is how long a prefix is remembered that is not told any more, and mostPaces how many.
const (
	patience  = 60
	mostPaces = 10_000
)

// note takes an answer in.
func (ps paces) note(answer *prefixes) {
	for i := range answer.Rows {
		row := &answer.Rows[i]
		p := ps[row.ID]
		if p == nil || p.last.Created != row.Created || row.Claims < p.last.Claims || row.Takes < p.last.Takes {
			ps[row.ID] = &pace{last: *row, at: answer.Now} // a new one, or one of a new server
			continue
		}
		p.note(row, answer.Now)
	}
	for id, p := range ps {
		if answer.Now-p.at > patience || len(ps) > mostPaces {
			delete(ps, id)
		}
	}
}

func (p *pace) note(row *prefix, now float64) {
	const shortest = 0.2 // seconds: of less a rate would be noise
	passed := now - p.at
	if passed < shortest {
		return
	}
	weight := 1 - math.Exp(-passed/calm)
	if !p.known {
		weight = 1
	}
	mix := func(rate *float64, before, after uint64) {
		*rate += weight * ((float64(after)-float64(before))/passed - *rate)
		if math.Abs(*rate) < 0.05 {
			*rate = 0
		}
	}
	mix(&p.change, p.last.Count, row.Count)
	mix(&p.claims, p.last.Claims, row.Claims)
	mix(&p.takes, p.last.Takes, row.Takes)
	p.last, p.at, p.known = *row, now, true
}

// of is the pace of a prefix; nobody's is none.
func (ps paces) of(id string) pace {
	if p := ps[id]; p != nil {
		return *p
	}
	return pace{}
}

// untilFull is how many seconds a prefix takes to become full at this rate, if it does.
func untilFull(row *prefix, p pace) (seconds float64, ok bool) {
	if row.Free == nil || p.change <= 0 {
		return 0, false
	}
	return float64(*row.Free) / p.change, true
}
