package remote

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
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

// Adder adds IDs to a prefix, many at a time and in no order. It is used by one goroutine, and closed in any case.
type Adder struct {
	client *Client
	prefix string
	ctx    context.Context
	asking context.Context // ends later
	giveUp context.CancelFunc

	words  []string // of the command that is being made
	digits []byte   // of its IDs
	ends   []int
	part   part // of the commands that are made

	parts       sync.WaitGroup
	free        chan struct{}
	failed      atomic.Pointer[error] // the first
	done, added atomic.Uint64
}

// part is commands that are sent together.
type part struct {
	commands rueidis.Commands
	ids      []uint64 // how many each adds
}

// NewAdder returns an adder of IDs to a prefix.
func (c *Client) NewAdder(ctx context.Context, prefix string) *Adder {
	a := &Adder{client: c, prefix: prefix, ctx: ctx, free: make(chan struct{}, addParts)}
	a.asking, a.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(lastReplies, a.giveUp) })
	return a
}

// Done is how many IDs the server has taken, and how many of them it has added: others were there, or in
// flight. It may be called from any goroutine.
func (a *Adder) Done() (ids, added uint64) { return a.done.Load(), a.added.Load() }

// Add adds the n IDs from start on, by and by. Its error is the first of any.
func (a *Adder) Add(start, n uint64) error {
	if n < shortRun {
		for id := start; id < start+n; id++ {
			a.digits = strconv.AppendUint(a.digits, id, 10)
			a.ends = append(a.ends, len(a.digits))
		}
		if len(a.ends) < addIDs {
			return nil
		}
		return a.endIDs()
	}
	for n > 0 {
		here := min(n, addRange)
		if err := a.command(here, "PT.ADDRANGE", a.prefix, digits(start), digits(start+here)); err != nil {
			return err
		}
		start, n = start+here, n-here
	}
	return nil
}

// endIDs makes a command of the IDs so far.
func (a *Adder) endIDs() error {
	n := len(a.ends)
	if n == 0 {
		return nil
	}
	all, from := string(a.digits), 0
	a.words = append(a.words[:0], "PT.ADD", a.prefix)
	for _, end := range a.ends {
		a.words = append(a.words, all[from:end])
		from = end
	}
	a.digits, a.ends = a.digits[:0], a.ends[:0]
	return a.command(uint64(n), a.words...)
}

func (a *Adder) command(ids uint64, words ...string) error {
	a.part.commands = append(a.part.commands, a.client.conn.B().Arbitrary(words...).Build())
	a.part.ids = append(a.part.ids, ids)
	if len(a.part.ids) < addCommands {
		return nil
	}
	return a.send()
}

// send sends the commands so far, when there is room on the way.
func (a *Adder) send() error {
	select {
	case a.free <- struct{}{}:
	case <-a.ctx.Done():
		return context.Cause(a.ctx)
	}
	if err := a.failed.Load(); err != nil {
		<-a.free
		return *err
	}
	p := a.part
	a.part = part{}
	a.parts.Go(func() {
		for i, reply := range a.client.conn.DoMulti(a.asking, p.commands...) {
			added, err := reply.AsUint64()
			if err != nil {
				err = a.client.why(err)
				a.failed.CompareAndSwap(nil, &err)
				continue // others may be done
			}
			a.done.Add(p.ids[i])
			a.added.Add(added)
		}
		<-a.free
	})
	return nil
}

// Finish adds what is left, and waits until the server has said that it has all.
func (a *Adder) Finish() error {
	err := a.endIDs()
	if err == nil && len(a.part.ids) > 0 {
		err = a.send()
	}
	a.parts.Wait()
	if failed := a.failed.Load(); err == nil && failed != nil {
		err = *failed
	}
	return err
}

// Close waits for what is on its way.
func (a *Adder) Close() {
	a.parts.Wait()
	a.giveUp()
}
