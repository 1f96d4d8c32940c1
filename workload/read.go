package workload

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Request is what a workload is made of: a file, phases that are chosen, operations and settings that were given beside
// it. All is text, as it was written.
type Request struct {
	File   string    // the name of the file, for errors
	Text   []byte    // of the file; nil: none
	Phases []string  // names of phases of the file, or of those that are shipped; none: all of the file
	Ops    []string  // one phase of these operations, instead of others
	Set    []Setting // wins over what the file says
}

// Setting is a value for a field of a workload or of its phases.
type Setting struct{ Name, Value string }

var (
	errNoPhase  = errors.New("there is nothing to do: name phases, or give --workload or --op")
	errOpsAlone = errors.New("--op makes a phase of its own: no phases can be named beside it")
	errNoPrefix = errors.New("--prefix is missing: it says whose keys are used")
)

// Read makes a workload. All that may be left out has its default in it.
func Read(r Request) (*Workload, error) {
	d := newDraft()
	if r.Text != nil || r.File != "" {
		var err error
		if d, err = parseFile(r.File, r.Text); err != nil {
			return nil, err
		}
	}
	chosen, err := d.choose(r)
	if err != nil {
		return nil, err
	}
	for _, e := range d.defaults.Expect {
		expect(chosen, e)
	}
	for _, s := range r.Set {
		if err := d.set(s, chosen); err != nil {
			return nil, fmt.Errorf("--%s: %w", s.Name, err)
		}
	}
	if d.Prefix == "" {
		return nil, errNoPrefix
	}
	for i := range chosen {
		p := &chosen[i]
		p.endByDefault()
		if err := p.check(d.Value); err != nil {
			return nil, err
		}
		d.Phases = append(d.Phases, p.Phase)
	}
	nameApart(d.Phases)
	return &d.Workload, nil
}

// choose returns the phases that are asked for, with their operations.
func (d *draft) choose(r Request) (chosen []draftPhase, err error) {
	switch {
	case len(r.Ops) > 0 && len(r.Phases) > 0:
		return nil, errOpsAlone
	case len(r.Ops) > 0:
		p, err := d.phaseOf(r.Ops)
		return []draftPhase{p}, err
	case len(r.Phases) == 0:
		chosen = d.phases
	}
	for _, name := range r.Phases {
		p, err := d.named(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, p)
	}
	if len(chosen) == 0 {
		return nil, errNoPhase
	}
	if len(chosen) > maxPhases {
		return nil, fmt.Errorf("there are %d phases, at most %d can be", len(chosen), maxPhases)
	}
	return chosen, nil
}

// phaseOf is a phase of operations of the command line.
func (d *draft) phaseOf(ops []string) (p draftPhase, err error) {
	p = draftPhase{Phase: d.defaults.Phase, at: "--op", said: []string{"duration", "requests"}} // whose flags are meant for it
	p.Name, p.Expect = "ops", nil
	if len(ops) > maxOps {
		return p, fmt.Errorf("--op: there are %d, at most %d can be", len(ops), maxOps)
	}
	for _, text := range ops {
		o, err := parseOp(text)
		if err != nil {
			return p, fmt.Errorf("%s: %w", o.at, err)
		}
		p.ops = append(p.ops, o)
	}
	return p, p.finish()
}

// named is the phase of a name: of the file, or a comparison with the store, or of a file that is shipped.
func (d *draft) named(name string) (p draftPhase, err error) {
	if i := slices.IndexFunc(d.phases, func(p draftPhase) bool { return p.Name == name }); i >= 0 {
		return d.phases[i], nil
	}
	if slices.Contains(syncs, name) {
		return draftPhase{Phase: newSync(name, name), at: name}, nil
	}
	for _, e := range Shipped() {
		if i := slices.Index(e.Phases, name); i >= 0 {
			of, err := parseFile(e.Name, e.Text)
			if err != nil {
				return p, err // its test has seen that this cannot be
			}
			return of.phases[i], nil
		}
	}
	known := append(phaseNames(d.phases), PhaseNames()...)
	slices.Sort(known)
	return p, fmt.Errorf("there is no phase %q: there are %s", cutShort(name), strings.Join(slices.Compact(known), ", "))
}

func phaseNames(phases []draftPhase) (all []string) {
	for i := range phases {
		all = append(all, phases[i].Name)
	}
	return all
}

// nameApart gives phases of the same name numbers.
func nameApart(phases []Phase) {
	taken := make(map[string]bool)
	for i := range phases {
		phases[i].Name = apart(phases[i].Name, taken)
	}
}

// apart is a name that nobody has yet, and notes it.
func apart(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	taken[free] = true
	return free
}
