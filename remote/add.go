package remote

import (
	"context"
	"time"

	"github.com/gomodule/redigo/redis"
)

const (
	// A range costs a command of its own: so many IDs in a row are as cheap one by one.
	shortRun = 8
	// More of them, or of a range, in one command would hold up others, and tell nobody how far it is.
	addIDs   = 1024
	addRange = 1 << 26
	// Commands on their way, in so many parts.
	addCommands = 64
	addParts    = 4
	// What is on its way when somebody ends it is done all the same: so long is its reply waited for.
	lastReplies = 2 * time.Second
)

// Adder adds IDs to a prefix, many at a time and in no order. It is used by one goroutine, and closed in any case:
// from its first command until then it has the connection for itself.
type Adder struct {
	client *Client
	ctx    context.Context
	asking context.Context // ends later
	giveUp context.CancelFunc
	turn   *turn // nil: not yet, or not any more

	words       []any    // of the command that is being made: the prefix and IDs
	onWay       []uint64 // how many IDs each command that is on its way has
	done, added uint64
	failed      error // the first
}

// NewAdder returns an adder of IDs to a prefix.
func (c *Client) NewAdder(ctx context.Context, prefix string) *Adder {
	a := &Adder{client: c, ctx: ctx, words: []any{prefix}}
	a.asking, a.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(lastReplies, a.giveUp) })
	return a
}

// Done is how many IDs the server has taken, and how many of them it has added: others were there, or in
// flight.
func (a *Adder) Done() (ids, added uint64) { return a.done, a.added }

// Add adds the n IDs from start on, by and by. Its error is the first of any.
func (a *Adder) Add(start, n uint64) error {
	if n < shortRun {
		for id := start; id < start+n; id++ {
			a.words = append(a.words, int64(id)) // no ID is larger
		}
		if len(a.words) <= addIDs {
			return nil
		}
		return a.sendIDs()
	}
	for n > 0 {
		here := min(n, addRange)
		if err := a.send(here, "PT.ADDRANGE", a.words[0], digits(start), digits(start+here)); err != nil {
			return err
		}
		start, n = start+here, n-here
	}
	return nil
}

// sendIDs sends the IDs so far.
func (a *Adder) sendIDs() error {
	words := a.words
	a.words = words[:1]
	if len(words) == 1 {
		return nil
	}
	return a.send(uint64(len(words)-1), "PT.ADD", words...)
}

// send sends a command, and takes replies when many are on their way.
func (a *Adder) send(ids uint64, command string, words ...any) (err error) {
	switch {
	case a.ctx.Err() != nil:
		return context.Cause(a.ctx)
	case a.failed == nil && a.turn == nil:
		a.turn, a.failed = a.client.begin(a.asking)
	}
	if a.failed != nil {
		return a.failed
	}
	a.fail(a.turn.Send(command, words...))
	a.onWay = append(a.onWay, ids)
	if len(a.onWay)%addCommands == 0 {
		a.fail(a.turn.Flush())
	}
	if len(a.onWay) == addParts*addCommands {
		a.receive(addCommands)
	}
	return a.failed
}

// receive takes the replies to the oldest of the commands that are on their way.
func (a *Adder) receive(commands int) {
	for _, ids := range a.onWay[:commands] {
		added, err := redis.Uint64(a.turn.Receive())
		if err != nil {
			a.fail(err)
			continue // others may be done
		}
		a.done += ids
		a.added += added
	}
	a.onWay = append(a.onWay[:0], a.onWay[commands:]...)
}

func (a *Adder) fail(err error) {
	if err != nil && a.failed == nil {
		a.failed = a.client.why(a.asking, err)
	}
}

// settle waits for what is on its way.
func (a *Adder) settle() {
	if len(a.onWay) > 0 {
		a.fail(a.turn.Flush())
		a.receive(len(a.onWay))
	}
}

// Finish adds what is left, and waits until the server has said that it has all.
func (a *Adder) Finish() error {
	if err := a.sendIDs(); err != nil {
		return err
	}
	a.settle()
	return a.failed
}

// Close waits for what is on its way.
func (a *Adder) Close() {
	a.settle()
	if a.turn != nil {
		a.turn.end()
		a.turn = nil
	}
	a.giveUp()
}
