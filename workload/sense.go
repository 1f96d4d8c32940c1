package workload

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	errPhaseName  = errors.New("the phase has no name")
	errPhaseEmpty = errors.New("a phase has either ops or sync")
	errSyncExpect = errors.New("sync has no figures to expect something of: what differs fails it")
	errNoOpLine   = errors.New("the operation has no command")
	errNoIDs      = errors.New("ids is missing: claim, take, sample or cursor says who chooses the ID")
	errShares     = errors.New("share: either all operations of a phase say theirs, in the same way, or none does")
	errFarApart   = fmt.Errorf("share: the smallest of them is too small: without what they have in common they make more than %d together", maxBlock)
)

// onlyOf is which ways of choosing IDs a field belongs to; others belong to all.
var onlyOf = map[string][]Way{
	"hit": {Sample}, "dist": {Sample}, "scramble": {Sample},
	"order": {Cursor, Take}, "limit": {Cursor, Take}, "loop": {Cursor},
}

// finish makes operations of what was read.
func (p *draftPhase) finish() error {
	switch {
	case p.Name == "":
		return fmt.Errorf("%s: %w", p.at, errPhaseName)
	case (p.Sync == "") == (len(p.ops) == 0):
		return fmt.Errorf("%s: %w", p.at, errPhaseEmpty)
	case p.Sync != "" && len(p.Expect) > 0:
		return fmt.Errorf("%s: %w", p.at, errSyncExpect)
	case p.Sync != "":
		p.Phase = newSync(p.Name, p.Sync)
		return nil
	}
	for i := range p.ops {
		if err := p.ops[i].check(); err != nil {
			return fmt.Errorf("%s: %w", p.ops[i].at, err)
		}
	}
	if err := p.share(); err != nil {
		return fmt.Errorf("%s: %w", p.at, err)
	}
	taken := make(map[string]bool)
	for i := range p.ops {
		if o := &p.ops[i]; o.has("name") && taken[o.Name] {
			return fmt.Errorf("%s: another operation of the phase is called %s", o.at, o.Name)
		} else if o.has("name") {
			taken[o.Name] = true
		}
	}
	p.Ops = nil
	for i := range p.ops {
		o := &p.ops[i]
		if !o.has("name") {
			o.Name = apart(o.called(), taken)
		}
		p.Ops = append(p.Ops, o.Op)
	}
	for _, e := range p.Expect {
		if e.Op != "" && !slices.Contains(p.opNames(), e.Op) {
			return fmt.Errorf("%s: expect: %s: %w", p.at, e, noOp(e.Op, p.opNames()))
		}
	}
	return nil
}

// newSync is a phase that compares with the store. What others have is as it is by default.
func newSync(name, sync string) Phase {
	p := Phase{}
	setDefaults(&p, phaseFields())
	p.Name, p.Sync = name, sync
	return p
}

func noOp(name string, known []string) error {
	slices.Sort(known)
	return fmt.Errorf("there is no operation %s: there are %s", name, strings.Join(slices.Compact(known), ", "))
}

func (p *draftPhase) opNames() (all []string) {
	for i := range p.Ops {
		all = append(all, p.Ops[i].Name)
	}
	return all
}

// called is what an operation is called that does not say so.
func (o *draftOp) called() string {
	if isName(o.Command.Name()) {
		return o.Command.Name()
	}
	return "op"
}

// check tells what makes no sense.
func (o *draftOp) check() error {
	switch {
	case o.Command == nil:
		return errNoOpLine
	case o.Choose.Way == "":
		return errNoIDs
	}
	for _, name := range o.said {
		if ways := onlyOf[name]; len(ways) > 0 && !slices.Contains(ways, o.Choose.Way) {
			return fmt.Errorf("%s is not for ids: %s", name, o.Choose.Way)
		}
	}
	return o.command()
}

// command tells of a command after which the tracker and the store would say different things, as far as it is known.
func (o *draftOp) command() error {
	m, known := meanings[o.Command.Name()]
	switch c := o.Choose; {
	case !known:
	case c.Way == Claim && !m.makes:
		return fmt.Errorf("ids: claim is for commands that make a key, and %s does not", o.Command.Name())
	case c.Way == Take && !m.ends:
		return fmt.Errorf("ids: take is for commands that end a key, and %s does not", o.Command.Name())
	case c.Way == Sample && c.Hit < 1 && m.makes:
		return fmt.Errorf("%s would make keys that the tracker does not know: ids: claim makes them, hit: 1 changes those that are there", o.Command.Name())
	case (c.Way == Cursor || c.Way == Sample && c.Hit > 0) && m.deletes:
		return fmt.Errorf("%s would end keys that the tracker takes for existing: ids: take tells it", o.Command.Name())
	}
	return nil
}

// share makes weights of the shares.
func (p *draftPhase) share() error {
	is, sum, common := p.ops[0].shareIs, uint64(0), uint64(0)
	for i := range p.ops {
		o := &p.ops[i]
		if o.shareIs != is {
			return errShares
		}
		if is == NoAmount {
			o.share = 1
		}
		sum += o.share
		common = gcd(common, o.share)
	}
	if is == IsPart && sum != whole {
		return fmt.Errorf("share: together they are %s%%, not 100%%", decimal(sum, 4))
	}
	if sum/common > maxBlock {
		return errFarApart
	}
	for i := range p.ops {
		p.ops[i].Share = p.ops[i].share / common
	}
	return nil
}

// What a client, and all of them, may have on their way: a store that does not read has the driver hold it.
const (
	maxBatch = 1 << 30
	maxHeld  = 4 << 30
)

// check tells what of a whole phase makes no sense.
func (p *draftPhase) check(size Size) error {
	if p.Sync != "" {
		return nil
	}
	if p.Threads > p.Clients {
		return fmt.Errorf("%s: %d threads need as many clients, and there are %d", p.at, p.Threads, p.Clients)
	}
	for i := range p.Ops {
		if n := int64(p.Ops[i].Command.longest(size)) * int64(p.Pipeline); n > maxBatch {
			return fmt.Errorf("%s: a pipeline of %d of %s has %d bytes, at most %d are held", p.ops[i].at, p.Pipeline, p.Ops[i].Name, n, maxBatch)
		} else if n *= int64(p.Clients); n > maxHeld {
			return fmt.Errorf("%s: %d clients with a pipeline of %d of %s have %d bytes, at most %d are held", p.ops[i].at, p.Clients, p.Pipeline, p.Ops[i].Name, n, int64(maxHeld))
		}
	}
	return nil
}
