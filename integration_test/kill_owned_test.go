package integration_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// ownedPrefix is a prefix that one worker alone changes, so that what is in it, and each reply, is known
// exactly. Its IDs come in units of several, so that a range may be long.
type ownedPrefix struct {
	name string
	unit uint64
	n    uint64 // units
	prefixState

	// What commands that were not answered may have done.
	mayBeSet, mayBeUnset bitset
	mayBeThere, mayBeNot bool
	mayBeMade            []made
}

// prefixState is what there is of a prefix.
type prefixState struct {
	there bool
	bits  bitset // of units
	made  made
	born  string // created_at, if it is known
}

// made is how a prefix was made.
type made struct{ limit, width, tag string }

func newOwnedPrefix(name string, unit, n uint64) *ownedPrefix {
	p := &ownedPrefix{name: name, unit: unit, n: n, mayBeSet: newBitset(n), mayBeUnset: newBitset(n)}
	p.bits = newBitset(n)
	return p
}

// within is how many units the bound leaves.
func (p *ownedPrefix) within() uint64 {
	limit, err := strconv.ParseUint(p.made.limit, 10, 64)
	if err != nil {
		return p.n
	}
	return min(p.n, limit/p.unit)
}

func (p *ownedPrefix) gone() { p.prefixState = prefixState{bits: newBitset(p.n)} }

func (p *ownedPrefix) exists() {
	if !p.there {
		p.there, p.made, p.born = true, made{}, ""
	}
}

func (p *ownedPrefix) mayExist() {
	p.mayBeThere = true
	p.mayBeMade = append(p.mayBeMade, made{})
}

func (p *ownedPrefix) pick(random *rand.Rand) op {
	switch n := random.IntN(1000); {
	case n < 4:
		return p.drop(random)
	case n < 10:
		return p.clear(random)
	case n < 40:
		return p.create(random)
	case n < 200 || p.unit > 1:
		return p.changeRange(random)
	case n < 300:
		return p.setBit(random)
	case n < 400:
		return p.claimIDs(random)
	default:
		return p.change(random)
	}
}

func (p *ownedPrefix) create(random *rand.Rand) op {
	how := made{}
	args := []string{"PT.CREATE", p.name}
	if random.IntN(2) == 0 {
		how.limit = strconv.FormatUint((p.n/2+random.Uint64N(p.n))*p.unit, 10)
		args = append(args, "MAXID", how.limit)
	}
	if p.unit > 1 && random.IntN(2) == 0 { // of the others keys are sent, too
		how.width = strconv.Itoa(1 + random.IntN(12))
		args = append(args, "WIDTH", how.width)
	}
	if p.unit > 1 && random.IntN(2) == 0 {
		how.tag = "t" + strconv.Itoa(random.IntN(1000))
		args = append(args, "TAG", how.tag)
	}
	return op{
		commands: [][]string{args},
		apply: func(r []reply) (uint64, error) {
			switch {
			case p.there && r[0].text == "ERR prefix already exists":
			case !p.there && r[0].text == "OK":
				p.gone()
				p.there, p.made = true, how
			default:
				return 0, fmt.Errorf("replied %q, it existed: %t", r[0].text, p.there)
			}
			return 0, nil
		},
		doubt: func() {
			p.mayBeThere = true
			p.mayBeMade = append(p.mayBeMade, how)
		},
	}
}

func (p *ownedPrefix) drop(random *rand.Rand) op {
	command := []string{"PT.DROP", "DEL", "UNLINK"}[random.IntN(3)]
	return op{
		commands: [][]string{{command, p.name}},
		apply: func(r []reply) (uint64, error) {
			had := uint64(0)
			if p.there {
				had = 1
				p.gone()
			}
			return 0, wantInt(r[0], had)
		},
		doubt: func() {
			p.mayBeNot = true
			p.mayBeUnset.setRange(0, p.n)
		},
	}
}

func (p *ownedPrefix) clear(random *rand.Rand) op {
	command := []string{"PT.CLEAR", p.name}
	if random.IntN(2) == 0 {
		command = append(command, "RETAIN")
	}
	return op{
		commands: [][]string{command},
		apply: func(r []reply) (uint64, error) {
			return 0, wantInt(r[0], p.bits.unsetRange(0, p.n)*p.unit)
		},
		doubt: func() { p.mayBeUnset.setRange(0, p.n) },
	}
}

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
	limits := []string{p.name, strconv.FormatUint(from*p.unit, 10), strconv.FormatUint(to*p.unit, 10)}
	if random.IntN(5) < 2 {
		return op{
			commands: [][]string{append([]string{"PT.REMRANGE"}, limits...)},
			apply: func(r []reply) (uint64, error) {
				n := p.removed(from, to)
				return n, wantInt(r[0], n)
			},
			doubt: func() { p.doubtRemoved(from, to) },
		}
	}
	return op{
		commands: [][]string{append([]string{"PT.ADDRANGE"}, limits...)},
		apply: func(r []reply) (uint64, error) {
			p.exists()
			n := p.added(from, to)
			return n, wantInt(r[0], n)
		},
		doubt: func() { p.doubtAdded(from, to) },
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
