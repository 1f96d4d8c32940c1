package integration_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// unitsOf asks for all IDs of a prefix. Those of a unit are there or not as one, but for what was changed
// when the server was killed: such a unit is said to be there, and to be torn.
func unitsOf(c *client, prefix string, unit, n uint64) (units, torn bitset, err error) {
	units, torn = newBitset(n), newBitset(n)
	for cursor := "0"; ; {
		page, err := c.do("PT.SCAN", prefix, cursor, "RUNS", "COUNT", everything)
		if err != nil {
			return nil, nil, err
		}
		if len(page.items) != 2 {
			return nil, nil, fmt.Errorf("PT.SCAN of %s replied %.100q", prefix, page.text)
		}
		runs, err := runsOf(page.items[1].items)
		if err != nil {
			return nil, nil, err
		}
		for _, run := range runs {
			end := run[0] + run[1]
			if end > n*unit {
				return nil, nil, fmt.Errorf("%s has %d IDs from %d on, and nobody asked for them", prefix, run[1], run[0])
			}
			units.setRange(run[0]/unit, (end+unit-1)/unit)
			for _, edge := range []uint64{run[0], end} {
				if edge%unit != 0 {
					torn.set(edge / unit)
				}
			}
		}
		if cursor = page.items[0].text; cursor == "0" {
			return units, torn, nil
		}
	}
}

// everything is a COUNT beyond all that there is.
const everything = "1000000000"

// verify compares all that the server has with what its clients know.
func (k *killed) verify(c *client) error {
	list, err := c.list("PT.LIST")
	if err != nil {
		return err
	}
	if k.mayBeFlushed && len(list) == 0 {
		k.flushed()
	}
	k.mayBeFlushed = false
	for _, w := range k.workers {
		for _, p := range w.owned {
			lost, err := p.compare(c, slices.Contains(list, p.name))
			if k.lost += lost; err != nil {
				return err
			}
			if at := slices.Index(list, p.name); at >= 0 {
				list = slices.Delete(list, at, at+1)
			}
		}
	}
	for _, p := range k.pools() {
		if p.name != "" {
			asked := p.inFlight
			leaked, err := p.compare(c)
			if err != nil {
				return err
			}
			k.leaked += leaked
			k.inFlight += asked
			at := slices.Index(list, p.name)
			list = slices.Delete(list, at, at+1)
		}
	}
	for _, stranger := range list { // a pool that was being made or dropped
		if !slices.ContainsFunc(k.pools(), func(p *pool) bool { return strings.HasPrefix(stranger, p.kind) }) {
			return fmt.Errorf("%s is there, and nobody has made it", stranger)
		}
		if _, err := c.do("PT.DROP", stranger); err != nil {
			return err
		}
	}
	return nil
}

// compare is what the worker knows of its prefix against what the server has, which is known from then on.
func (p *ownedPrefix) compare(c *client, there bool) (lost uint64, err error) {
	now := prefixState{there: there, bits: newBitset(p.n)}
	if there {
		info, err := c.do("PT.INFO", p.name)
		if err != nil {
			return 0, err
		}
		fields := map[string]string{}
		for i := 0; i+1 < len(info.items); i += 2 {
			fields[info.items[i].text] = info.items[i+1].text
		}
		now.made, now.born = made{fields["max_id"], fields["width"], fields["tag"]}.plain(), fields["created_at"]
		var torn bitset
		if now.bits, torn, err = unitsOf(c, p.name, p.unit, p.n); err != nil {
			return 0, err
		}
		if err = p.mend(c, torn); err != nil {
			return 0, err
		}
	}
	lost, example := p.bits.without(now.bits, p.mayBeUnset)
	more, surplus := now.bits.without(p.bits, p.mayBeSet)
	switch {
	case p.there && !there && !p.mayBeNot:
		err = fmt.Errorf("%s is LOST", p.name)
	case !p.there && there && !p.mayBeThere:
		err = fmt.Errorf("%s is there again", p.name)
	case lost > 0:
		err = fmt.Errorf("%s: %d of %d units of %d IDs are LOST, %d is one; there now: %d", p.name, lost, p.bits.count(), p.unit, example, now.bits.count())
	case more > 0:
		err = fmt.Errorf("%s: %d units of %d IDs that were removed, or never added, are there, %d is one", p.name, more, p.unit, surplus)
	case there && now.made != p.made.plain() && !slices.ContainsFunc(p.mayBeMade, func(m made) bool { return m.plain() == now.made }):
		err = fmt.Errorf("%s was made with %v, and has %v", p.name, p.made, now.made)
	case there && p.born != "" && p.born != now.born && !p.mayBeNot:
		err = fmt.Errorf("%s was made at %s, and says %s", p.name, p.born, now.born)
	}
	p.prefixState = now
	p.mayBeSet, p.mayBeUnset = newBitset(p.n), newBitset(p.n)
	p.mayBeThere, p.mayBeNot, p.mayBeMade = false, false, nil
	return lost * p.unit, err
}

// mend adds all of the units of which some IDs are there. Only a range that was being changed may be so.
func (p *ownedPrefix) mend(c *client, torn bitset) error {
	if n, example := torn.without(p.mayBeSet, p.mayBeUnset); n > 0 {
		return fmt.Errorf("%s: %d units of %d IDs are there in part, %d is one", p.name, n, p.unit, example)
	}
	for i := range p.n {
		if torn.has(i) {
			if _, err := c.do("PT.ADDRANGE", p.name, strconv.FormatUint(i*p.unit, 10), strconv.FormatUint((i+1)*p.unit, 10)); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain has the words of PT.INFO for what was not said.
func (m made) plain() made {
	if m.width == "" {
		m.width = "12"
	}
	return m
}
