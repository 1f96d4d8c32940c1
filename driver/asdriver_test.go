package driver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// orders are what a driver process does: the operation of one feed, by one worker, until its end.
type orders struct {
	IDs, Store string
	Options    feedOrders
	// When it has got the batch of this number, it says so at this stage, and goes on when it is told to.
	Stop  int
	Stage string
	// So often is it said how many batches there were: 0 is never.
	Refuse int // one in so many operations counts as refused, and is not sent
}

// feedOrders are a feed's options that can be said to another process.
type feedOrders struct {
	Way    workload.Way
	Limit  workload.Amount
	Random bool
	Lease  time.Duration
	Run    string
	Max    uint64
	Alone  bool
}

func (o feedOrders) options() feedOptions {
	return feedOptions{
		prefix: "vec:", max: o.Max, lease: o.Lease, run: o.Run, workers: 1, alone: o.Alone, seed: 7,
		op:   workload.Op{Name: "OP", Choose: workload.Choice{Way: o.Way, Limit: o.Limit, Random: o.Random, Hit: 1}},
		fail: func(error) {},
	}
}

// stages of a batch at which a driver can be stopped.
var stages = []string{"taken", "half", "written", "settled"}

// outcome is what a driver says at its end.
type outcome struct {
	Done, Missed int
	Lost         uint64
}

func beDriver(text string, in io.Reader, out io.Writer) error {
	var o orders
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	to, err := redis.Dial("tcp", o.Store)
	if err != nil {
		return err
	}
	defer to.Close()
	options := o.Options.options()
	options.ids = dialer(o.IDs)
	var failed error
	options.fail = func(err error) { failed = err }
	f, err := newFeed(context.Background(), options)
	if err != nil {
		return err
	}
	d := &driven{orders: o, feed: f, to: to, in: bufio.NewScanner(in), out: out}
	if err = d.all(); err == nil {
		err = f.close(context.Background())
	}
	_, faults := f.told()
	d.result.Lost = faults["lease lost"]
	said, _ := json.Marshal(d.result)
	fmt.Fprintln(out, string(said))
	return errors.Join(err, failed)
}

type driven struct {
	orders
	feed   feed
	to     redis.Conn
	in     *bufio.Scanner
	out    io.Writer
	result outcome
}

// all uses batches until there are no more.
func (d *driven) all() error {
	for n := 1; ; {
		b, state := d.feed.take(0)
		switch {
		case b != nil:
			if err := d.use(b, n); err != nil {
				return err
			}
			n++
		case state == load.Ended:
			return nil
		default:
			time.Sleep(time.Millisecond)
		}
	}
}

// use has the operations of a batch done, in two parts.
func (d *driven) use(b *batch, n int) error {
	d.stage(n, "taken")
	half := (len(b.ids) + 1) / 2
	for i, stage := range []string{"half", "written"} {
		if err := d.send(b, []int{half, len(b.ids)}[i]); err != nil {
			return err
		}
		d.stage(n, stage)
	}
	d.feed.settle(b)
	d.stage(n, "settled")
	return nil
}

func (d *driven) send(b *batch, end int) error {
	command := map[workload.Way]string{workload.Claim: "SET", workload.Take: "DEL", workload.Sample: "GET", workload.Cursor: "INCR"}[d.Options.Way]
	sent := 0
	for b.more() && b.next < end {
		id := b.ids[b.next]
		b.next++
		words := []any{keyOf(id)}
		switch {
		case d.Refuse > 0 && id%uint64(d.Refuse) == 0 && d.result.Done%2 == 0:
			b.undone = append(b.undone, id)
			d.result.Done++
			continue
		case command == "SET":
			words = append(words, "x")
		}
		if err := d.to.Send(command, words...); err != nil {
			return err
		}
		sent++
	}
	if err := d.to.Flush(); err != nil {
		return err
	}
	for range sent {
		reply, err := d.to.Receive()
		if err != nil {
			return err
		}
		if d.result.Done++; reply == int64(0) && !b.again {
			d.result.Missed++
		}
	}
	return nil
}

// stage says where it is, and waits for a word, if it is to.
func (d *driven) stage(n int, stage string) {
	if n != d.Stop || stage != d.Stage {
		return
	}
	fmt.Fprintln(d.out, "at", stage)
	d.in.Scan()
}

func keyOf(id uint64) string { return fmt.Sprintf("vec:%012d", id) }
