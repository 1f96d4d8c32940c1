package integration_test

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// pool is a prefix from which all workers are handed out IDs, each of which goes to one of them, over all
// lives of the server. With takes, the IDs exist at first and are taken, else they are free and claimed.
// When nothing is left there is another one of the same kind, which has the next number.
type pool struct {
	kind  string
	takes bool
	n     uint64

	mu     sync.Mutex
	number int
	name   string // empty: it must be made
	empty  bool   // somebody was told that nothing is left
	out    bitset // handed out, by a reply or, after a kill, without one
	given  uint64 // IDs that were handed out by replies, of all pools of the kind
	// inFlight is how many IDs were asked for without an answer since out was last compared.
	inFlight uint64
}

// handOut notes a run that somebody was given. An ID is given once.
func (p *pool) handOut(name string, from, length uint64) error {
	if name != p.name {
		return fmt.Errorf("handed out of %s, and %s is in use", name, p.name)
	}
	if length == 0 || from+length > p.n {
		return fmt.Errorf("%d IDs from %d on were handed out of %d", length, from, p.n)
	}
	p.given += length
	if fresh := p.out.setRange(from, from+length); fresh != length {
		return fmt.Errorf("%d of the %d IDs from %d on of %s were handed out TWICE", length-fresh, length, from, name)
	}
	return nil
}

// handOutAll notes what a command with COUNT replied.
func (p *pool) handOutAll(name string, r reply, asRuns bool, most uint64) (ids uint64, err error) {
	switch {
	case r.kind == ':' || r.raw == null2: // one, without COUNT
		one := reply{kind: '*'}
		if r.kind == ':' {
			one.items = []reply{r}
		}
		r, asRuns = one, false
	case r.kind != '*':
		return 0, fmt.Errorf("replied %.100q", r.text)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(r.items) == 0 {
		p.empty = true
	}
	if asRuns {
		runs, err := runsOf(r.items)
		if err != nil {
			return 0, err
		}
		for _, run := range runs {
			if err := p.handOut(name, run[0], run[1]); err != nil {
				return 0, err
			}
			ids += run[1]
		}
	} else {
		for _, item := range r.items {
			id, err := strconv.ParseUint(item.text, 10, 64)
			if err != nil {
				return 0, err
			}
			if err := p.handOut(name, id, 1); err != nil {
				return 0, err
			}
			ids++
		}
	}
	if ids > most {
		err = fmt.Errorf("replied %d IDs for COUNT %d", ids, most)
	}
	return ids, err
}

func (p *pool) doubt(n uint64) func() {
	return func() {
		p.mu.Lock()
		p.inFlight += n
		p.mu.Unlock()
	}
}

// handingOut is the op of a command with COUNT. Half of them are answered in runs.
func (p *pool) handingOut(w *killWorker, name string, count uint64, command ...string) op {
	asRuns := count > 256 || w.random.IntN(2) == 0
	switch at := slices.Index(command, "COUNT"); {
	case count == 1 && !asRuns:
		command = slices.Delete(command, at, at+2)
	case asRuns:
		command = append(command, "RUNS")
	}
	return op{
		commands: [][]string{command},
		apply: func(r []reply) (uint64, error) {
			return p.handOutAll(name, r[0], asRuns, count)
		},
		doubt: p.doubt(count),
	}
}

func (p *pool) current() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.name
}

// claim is a claim of the next IDs, now and then within a range, or of certain ones.
func (p *pool) claim(w *killWorker) op {
	name := p.current()
	if w.random.IntN(10) == 0 {
		return p.claimCertain(w, name)
	}
	count := uint64(1 + w.random.IntN(1<<w.random.IntN(9)))
	if w.random.IntN(20) == 0 {
		count *= 64
	}
	command := []string{"PT.CLAIMNEXT", name, "COUNT", strconv.FormatUint(count, 10)}
	if w.random.IntN(4) == 0 {
		from := w.random.Uint64N(p.n)
		command = append(command, "RANGE", strconv.FormatUint(from, 10), strconv.FormatUint(from+1+w.random.Uint64N(p.n-from), 10))
		o := p.handingOut(w, name, count, command...)
		apply := o.apply
		o.apply = func(r []reply) (uint64, error) {
			if r[0].raw == null2 || r[0].kind == '*' && len(r[0].items) == 0 {
				return 0, nil // of the range alone
			}
			return apply(r)
		}
		return o
	}
	return p.handingOut(w, name, count, command...)
}

func (p *pool) claimCertain(w *killWorker, name string) op {
	ids := make([]uint64, 1+w.random.IntN(4))
	command := []string{"PT.MCLAIM", name}
	first := w.random.Uint64N(p.n - uint64(len(ids)))
	for i := range ids {
		ids[i] = first + uint64(i)
		command = append(command, strconv.FormatUint(ids[i], 10))
	}
	return op{
		commands: [][]string{command},
		apply: func(r []reply) (n uint64, err error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			if len(r[0].items) != len(ids) {
				return 0, fmt.Errorf("replied %.100q", r[0].text)
			}
			for i, id := range ids {
				if r[0].items[i].text != "1" {
					continue
				}
				if err := p.handOut(name, id, 1); err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		},
		doubt: p.doubt(uint64(len(ids))),
	}
}

// take takes the next IDs, some at random, or those of a delete iterator, if the worker has it.
func (p *pool) take(w *killWorker) op {
	name := p.current()
	count := uint64(1 + w.random.IntN(1<<w.random.IntN(7)))
	text := strconv.FormatUint(count, 10)
	switch w.random.IntN(4) {
	case 0:
		return p.handingOut(w, name, count, "PT.TAKENEXT", name, "COUNT", text)
	case 1:
		return op{
			commands: [][]string{{"SPOP", name, text}},
			apply:    func(r []reply) (uint64, error) { return p.handOutAll(name, r[0], false, count) },
			doubt:    p.doubt(count),
		}
	case 2:
		if w.token != "" {
			return p.takeByToken(w, name, count)
		}
		return op{
			commands: [][]string{{"PT.DELITER", "OPEN", name}},
			apply: func(r []reply) (uint64, error) {
				if r[0].kind == '$' {
					w.token = r[0].text
				} else if r[0].text != "INUSE a delete iterator is active" {
					return 0, fmt.Errorf("replied %q", r[0].text)
				}
				return 0, nil
			},
		}
	}
	return p.handingOut(w, name, count, "PT.TAKENEXT", name, "COUNT", text, "RANGE", "0", strconv.FormatUint(p.n, 10))
}

func (p *pool) takeByToken(w *killWorker, name string, count uint64) op {
	if w.random.IntN(50) == 0 {
		token := w.token
		w.token = ""
		return op{
			commands: [][]string{{"PT.DELITER", "CLOSE", token}},
			apply:    func(r []reply) (uint64, error) { return 0, nil }, // 0, if it ended with the pool before this one
		}
	}
	o := p.handingOut(w, name, count, "PT.DELITER", "NEXT", w.token, "COUNT", strconv.FormatUint(count, 10))
	apply := o.apply
	o.apply = func(r []reply) (uint64, error) {
		if r[0].text == "NOTOKEN no such delete iterator" {
			w.token = "" // of the pool before this one
			return 0, nil
		}
		return apply(r)
	}
	return o
}

// renew makes the next pool if there is none, or nothing is left in this one, while nobody is handed out
// anything. It tells whether the server is alive; an error is a wrong reply.
func (p *pool) renew(c *client) (alive bool, err error) {
	if p.name != "" && !p.empty {
		return true, nil
	}
	if left := p.n - p.out.count(); p.name != "" && left != 0 {
		return true, fmt.Errorf("somebody was told that nothing is left in %s, and %d IDs are", p.name, left)
	}
	old, next := p.name, fmt.Sprint(p.kind, p.number+1)
	size := strconv.FormatUint(p.n, 10)
	commands, want := [][]string{{"PT.CREATE", next, "MAXID", size}}, []string{"OK"}
	if p.takes {
		commands, want = append(commands, []string{"PT.ADDRANGE", next, "0", size}), append(want, size)
	}
	for i, command := range commands {
		r, err := c.do(command...)
		if err != nil {
			return false, nil
		}
		if r.text != want[i] {
			return true, fmt.Errorf("%q replied %q", command, r.text)
		}
	}
	p.name, p.out, p.empty = next, newBitset(p.n), false
	p.number++
	if old != "" {
		_, err = c.do("PT.DROP", old)
	}
	return err == nil, nil
}

// compare is what was handed out against what the server has. Every ID that somebody was given is; what
// else is was asked for when the server was killed.
func (p *pool) compare(c *client) (leaked uint64, err error) {
	there, _, err := unitsOf(c, p.name, 1, p.n)
	if err != nil {
		return 0, err
	}
	given := there
	if p.takes {
		for i := range given {
			given[i] = ^given[i]
		}
	}
	if lost, example := p.out.without(given); lost > 0 {
		return 0, fmt.Errorf("%s: %d IDs that were handed out can be handed out again, %d is one: LOST", p.name, lost, example)
	}
	if leaked, _ = given.without(p.out); leaked > p.inFlight {
		return 0, fmt.Errorf("%s: %d IDs were handed out and nobody was told, and %d were asked for", p.name, leaked, p.inFlight)
	}
	p.out, p.inFlight = given, 0
	return leaked, nil
}
