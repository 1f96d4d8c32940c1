package load

import "time"

// Request is one request that is on its way.
type Request struct {
	Kind  uint16        // whose figures it counts in, from 0 to Config.Kinds-1
	Slot  uint16        // the hash slot of its key; of use where Config.Route is spread, as is Size
	Size  uint32        // bytes that Fill appended for it
	Mark  uint32        // the script's own
	ID    uint64        // the script's own
	Due   time.Duration // when it is due or was sent, since the beginning; the worker's own
	since time.Duration // when a server first refused to take it, or could not be reached; 0: never
	why   string        // it has no reply then, for people
}

// State is why a script gives no more requests.
type State uint8

const (
	More  State = iota // it may have more at once
	Later              // it has none now, and may have in a moment
	Ended              // it will have none
)

// Script says what a worker sends, and hears of every reply. Each worker has its own, which it calls
// from one goroutine. It neither allocates nor waits.
type Script interface {
	// Fill appends up to len(reqs) requests to dst, whole commands in RESP one after the other, and says
	// in reqs what they are. n less than len(reqs) has a State that says why.
	Fill(dst []byte, reqs []Request) (out []byte, n int, s State)
	// Again appends one request that Fill has given, as it was.
	Again(dst []byte, r *Request) []byte
	// Reply is told the reply to a request and says what it is, and why, a constant text, where that is a fault to be
	// counted: of what is [Wrong], or a [Miss] that should not be. An error is a fault by its own first word.
	Reply(r *Request, reply *Reply) (o Outcome, why string)
	// Lost is told that a connection broke before the reply: whether it has been done is not known. The
	// request is sent again, with Again, if Lost says so.
	Lost(r *Request) (again bool)
	// Describe is a request for people, such as "GET vec:000000000042".
	Describe(r *Request) string
}

// Outcome is what a reply is.
type Outcome uint8

const (
	Done   Outcome = iota // it was done, with nothing to hit
	Hit                   // what was asked for was there
	Miss                  // it was not
	Wrong                 // the reply is not what it must be
	Failed                // the reply is an error
	outcomes
)

// Reply is a reply. What is in it is valid during the call that it is given to.
type Reply struct {
	Kind    byte   // as RESP has it: + - : $ *
	Integer int64  // of :
	Null    bool   // $-1 or *-1
	Length  int64  // of $ in bytes, of * in entries
	Nulls   int64  // of *: how many in it are null, however deep
	Text    []byte // of + and - without their first byte; of $ where Config.Bodies is set, up to 64 MiB, else nil; of * the first error in it
}

// Empty tells whether a reply has nothing in it: null, or a list of nothing but nulls or of nothing at all.
func (r *Reply) Empty() bool { return r.Null || r.Kind == '*' && r.Nulls == r.Length }
