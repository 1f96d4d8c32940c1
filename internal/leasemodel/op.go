package leasemodel

import "fmt"

// Kind is what an operation did to, or said about, one ID or one lease.
type Kind uint8

const (
	Exists  Kind = iota // the ID was there, or not, at some moment of the call
	Free                // the ID was free, or not, at some moment of the call
	Add                 // the ID was put there, or was not free
	Remove              // the ID was taken away, or was not there
	Claim               // the ID went from free to in flight, by the lease
	Take                // the ID went from there to in flight, by the lease
	Confirm             // what was in flight by the lease was settled as its holder wants
	Release             // what was in flight by the lease was settled as it was before
	Renew               // the lease lives on, for the time with the number Term
	NoLease             // the lease had ended
	Due                 // the time with the number Term is over: the lease may end from now on
	Doom                // what the lease ends with is over: it may end from now on
	Clear               // all IDs became free, what was in flight with them
	Listed              // the lease had N outstanding; N is 0: it was not there
)

var kindNames = [...]string{"exists", "free", "add", "remove", "claim", "take", "confirm", "release", "renew", "no lease", "due", "doomed", "clear", "listed"}

func (k Kind) String() string               { return kindNames[k] }
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// reads reports whether an operation of this kind changes nothing, whatever was
// said.
func (k Kind) reads() bool { return k == Exists || k == Free || k == Listed }

// Answer is what somebody was told.
type Answer uint8

const (
	Unsaid Answer = iota // nothing about this ID alone
	Yes
	No
)

var answerNames = [...]string{"?", "yes", "no"}

func (a Answer) String() string { return answerNames[a] }

// Said is the answer ok stands for.
func Said(ok bool) Answer {
	if ok {
		return Yes
	}
	return No
}

// agrees reports whether so can be what was said.
func (a Answer) agrees(so bool) bool { return a == Unsaid || so == (a == Yes) }

// Op is the part of an operation in the history of one ID, or of one lease.
type Op struct {
	Kind  Kind
	Of    Subject
	Lease uint32 // a number for a lease, from 1 on
	Term  uint32 // a number for a time to live, of all there are
	Said  Answer
	Maybe bool // it has had its effect or not: nobody was told
	// Of a lease alone.
	IDs uint64 // a bit for each ID that was named, by its place in the universe
	N   int    // how many were settled, or are outstanding
	// By is what was asked, for who reads a history.
	By string
}

// Subject is whose history an operation is in.
type Subject struct {
	Lease bool
	ID    uint64 // or the lease's number
}

func (o Op) String() string {
	text := o.Kind.String()
	if o.Of.Lease {
		text += fmt.Sprintf(" of %d IDs %x: %d", o.Of.ID, o.IDs, o.N)
	} else if text += fmt.Sprintf("(%d)", o.Of.ID); o.Lease > 0 {
		text += fmt.Sprintf(" by %d", o.Lease)
	}
	if o.Term > 0 {
		text += fmt.Sprintf(" term %d", o.Term)
	}
	if text += ": " + o.Said.String(); o.Maybe {
		text += ", or never"
	}
	return text + "  " + o.By
}
