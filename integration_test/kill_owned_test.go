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
	case n < 13:
		return p.reserve(random)
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

// reserve changes no ID, but makes a prefix that is missing.
func (p *ownedPrefix) reserve(random *rand.Rand) op {
	return op{
		commands: [][]string{{"PT.RESERVE", p.name, strconv.FormatUint(1+random.Uint64N(p.n), 10)}},
		apply: func(r []reply) (uint64, error) {
			p.exists()
			if r[0].text != "OK" {
				return 0, fmt.Errorf("replied %q", r[0].text)
			}
			return 0, nil
		},
		doubt: p.mayExist,
	}
}
