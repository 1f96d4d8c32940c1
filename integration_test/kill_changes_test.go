package integration_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// What changes the IDs of a prefix that one worker owns: each op knows what it is to reply.

// added and removed are the two ways of a change of the units [from, to), for apply and doubt.
func (p *ownedPrefix) added(from, to uint64) (n uint64) {
	if to = min(to, p.within()); from < to {
		n = p.bits.setRange(from, to)
	}
	return n * p.unit
}

func (p *ownedPrefix) removed(from, to uint64) uint64 { return p.bits.unsetRange(from, to) * p.unit }

func (p *ownedPrefix) doubtAdded(from, to uint64) {
	p.mayExist()
	p.mayBeSet.setRange(from, to)
}

func (p *ownedPrefix) doubtRemoved(from, to uint64) { p.mayBeUnset.setRange(from, to) }

func (p *ownedPrefix) changeRange(random *rand.Rand) op {
	from := random.Uint64N(p.n)
	to := min(p.n, from+1+random.Uint64N(1<<random.IntN(10)))
	if random.IntN(5) < 2 {
		return p.removeRange(from, to)
	}
	return p.addRange(from, to)
}

func (p *ownedPrefix) addRange(from, to uint64) op {
	return op{
		commands: [][]string{{"PT.ADDRANGE", p.name, strconv.FormatUint(from*p.unit, 10), strconv.FormatUint(to*p.unit, 10)}},
		apply: func(r []reply) (uint64, error) {
			p.exists()
			n := p.added(from, to)
			return n, wantInt(r[0], n)
		},
		doubt: func() { p.doubtAdded(from, to) },
	}
}

func (p *ownedPrefix) removeRange(from, to uint64) op {
	return op{
		commands: [][]string{{"PT.REMRANGE", p.name, strconv.FormatUint(from*p.unit, 10), strconv.FormatUint(to*p.unit, 10)}},
		apply: func(r []reply) (uint64, error) {
			n := p.removed(from, to)
			return n, wantInt(r[0], n)
		},
		doubt: func() { p.doubtRemoved(from, to) },
	}
}

// draw returns some IDs, each once.
func (p *ownedPrefix) draw(random *rand.Rand, most int) (ids []uint64) {
	first, step := random.Uint64N(p.n), 2*random.Uint64N(p.n/2)+1 // p.n is a power of two
	for i := range 1 + random.IntN(most) {
		ids = append(ids, (first+uint64(i)*step)%p.n)
	}
	return ids
}

// change adds or removes some IDs by one of the commands that do so.
func (p *ownedPrefix) change(random *rand.Rand) op {
	how := random.IntN(6)
	args := []string{[]string{"PT.ADD", "SADD", "PT.ADDKEY", "PT.REM", "SREM", "PT.REMKEY"}[how]}
	byKey := how%3 == 2
	if !byKey {
		args = append(args, p.name)
	}
	ids := p.draw(random, 8)
	for _, id := range ids {
		if text := strconv.FormatUint(id, 10); byKey {
			args = append(args, fmt.Sprintf("%s%012d", p.name, id))
		} else {
			args = append(args, text)
		}
	}
	adds := how < 3
	return op{
		commands: [][]string{args},
		apply: func(r []reply) (uint64, error) {
			if byKey && !p.there {
				return 0, wantInt(r[0], 0)
			}
			n := uint64(0)
			if adds {
				p.exists()
			}
			for _, id := range ids {
				if adds {
					n += p.added(id, id+1)
				} else {
					n += p.removed(id, id+1)
				}
			}
			return n, wantInt(r[0], n)
		},
		doubt: func() {
			for _, id := range ids {
				if adds {
					p.doubtAdded(id, id+1)
				} else {
					p.doubtRemoved(id, id+1)
				}
			}
		},
	}
}

func (p *ownedPrefix) claimIDs(random *rand.Rand) op {
	ids := p.draw(random, 6)
	args := []string{"PT.MCLAIM", p.name}
	if random.IntN(2) == 0 {
		ids, args[0] = ids[:1], "PT.CLAIM"
	}
	for _, id := range ids {
		args = append(args, strconv.FormatUint(id, 10))
	}
	return op{
		commands: [][]string{args},
		apply: func(r []reply) (n uint64, err error) {
			replies := r
			if args[0] == "PT.MCLAIM" {
				replies = r[0].items
			}
			if len(replies) != len(ids) {
				return 0, fmt.Errorf("%d replies for %d IDs", len(replies), len(ids))
			}
			p.exists()
			for i, id := range ids {
				mine := p.added(id, id+1)
				if err := wantInt(replies[i], mine); err != nil {
					return 0, err
				}
				n += mine
			}
			return n, nil
		},
		doubt: func() {
			for _, id := range ids {
				p.doubtAdded(id, id+1)
			}
		},
	}
}

func (p *ownedPrefix) setBit(random *rand.Rand) op {
	id, on := random.Uint64N(p.n), random.IntN(2)
	return op{
		commands: [][]string{{"SETBIT", p.name, strconv.FormatUint(id, 10), strconv.Itoa(on)}},
		apply: func(r []reply) (uint64, error) {
			was := uint64(0)
			if p.bits.has(id) {
				was = 1
			}
			if on == 1 {
				p.exists()
				return p.added(id, id+1), wantInt(r[0], was)
			}
			return p.removed(id, id+1), wantInt(r[0], was)
		},
		doubt: func() {
			if on == 1 {
				p.doubtAdded(id, id+1)
			} else {
				p.doubtRemoved(id, id+1)
			}
		},
	}
}
