package workload

import (
	"errors"
	"slices"
)

var errNoSetting = errors.New("there is no such setting")

// set gives a setting to the workload, or to all phases that it is for. Expectations are added to those that are there.
func (d *draft) set(s Setting, phases []draftPhase) error {
	if f := find(workloadFields(), s.Name); f != nil && f.Flag {
		return f.set(&d.Workload, s.Value)
	}
	f := find(phaseFields(), s.Name)
	switch {
	case f == nil || !f.Flag:
		return errNoSetting
	case f.Many:
		e, err := ParseExpectation(s.Value)
		if err == nil {
			err = hasOp(phases, e)
		}
		if err == nil {
			expect(phases, e)
		}
		return err
	}
	if err := f.set(new(Phase), s.Value); err != nil {
		return err
	}
	for i := range phases {
		p := &phases[i]
		if p.Sync != "" {
			continue
		}
		if s.Name == "duration" || s.Name == "requests" {
			if !p.endIsSaid() && p.Ends() {
				continue // a prefill stays whole beside a read of so many seconds
			}
			if !p.endIsSet {
				p.Duration, p.Requests, p.endIsSet = 0, 0, true // of the file
			}
		}
		if err := f.set(&p.Phase, s.Value); err != nil {
			return err
		}
	}
	return nil
}

// endIsSaid tells whether a phase says when it ends.
func (p *draftPhase) endIsSaid() bool {
	return p.endIsSet || slices.Contains(p.said, "duration") || slices.Contains(p.said, "requests")
}

// endByDefault gives an end to a phase that has none.
func (p *draftPhase) endByDefault() {
	if !p.Ends() && p.Duration == 0 && p.Requests == 0 {
		if err := find(phaseFields(), "duration").set(&p.Phase, byDefault); err != nil {
			panic(err) // a constant
		}
	}
}

// expect adds an expectation for all phases to those that it is for.
func expect(phases []draftPhase, e Expectation) {
	for i := range phases {
		p := &phases[i]
		if p.Sync == "" && (e.Op == "" || slices.Contains(p.opNames(), e.Op)) && !slices.Contains(p.Expect, e) {
			p.Expect = append(p.Expect, e)
		}
	}
}

// hasOp tells whether one of some phases has the operation that an expectation is about.
func hasOp(phases []draftPhase, e Expectation) error {
	var known []string
	for i := range phases {
		known = append(known, phases[i].opNames()...)
	}
	if e.Op == "" || slices.Contains(known, e.Op) {
		return nil
	}
	return noOp(e.Op, known)
}
