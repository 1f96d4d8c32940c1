package store

import (
	"errors"
	"fmt"
)

// unknown is the error of a store of which some slots could not be reached; why says what is wrong with
// a server that can.
func (s *servers) unknown(t topology, owed slots, why func(n node) error) error {
	e := &UnknownError{}
	note := func(what string, err error) {
		if e.What != "" {
			e.What += "; "
		}
		e.What += what
		if e.Err == nil {
			e.Err = err
		}
	}
	for _, n := range t.primaries {
		if o := n.own.and(owed); !o.empty() {
			note(s.part(o, n.addr), why(n))
			owed = owed.without(o)
		}
	}
	for _, l := range t.lost {
		if o := l.slots.and(owed); !o.empty() {
			note(s.part(o, l.addr), l.err)
			owed = owed.without(o)
		}
	}
	if !owed.empty() {
		note(s.part(owed, ""), errors.New("no server can be reached"))
	}
	return e
}

// part names slots of a server, or a server that has all there are.
func (s *servers) part(o slots, addr string) string {
	switch {
	case o == allSlots && addr != "":
		return addr
	case o == allSlots:
		return s.String()
	case addr == "":
		return fmt.Sprintf("slots %s", o)
	}
	return fmt.Sprintf("slots %s of %s", o, addr)
}
