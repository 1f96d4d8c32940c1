package integration_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

var atGoal = flag.Bool("goal", false, "every command beside as much as is promised for, judged by the clock: for a quiet machine")

// TestEveryCommandHoldsNobodyUp sends every command that the server says it has, with the arguments
// that it says they take at their worst, to prefixes whose IDs lie as badly as they can. Whatever a
// command does for one client, the event loop that serves the others is kept busy by none.
//
// It asks for the processor's time and not for that on the clock: a busy machine holds everybody up.
// With -goal (make latency) it asks for both, and prints what a neighbour has noticed of each command.
func TestEveryCommandHoldsNobodyUp(t *testing.T) {
	sameForEveryListener(t)
	if !memoryCounts() {
		t.Skip("the race detector takes time of its own")
	}
	if *atGoal {
		everyCommandAtGoal(t)
		return
	}
	t.Parallel()
	w := newWorst(t, sizes{tenants: 300_000, pieces: 10_000, held: 2000, clients: 1000, memory: "4gb"})
	table := new(latencyTable)
	commands, sent := w.tryEveryCommand(t, table)
	w.tryEveryEnd(t, table)
	all := latencyRow{command: "all"}
	for _, r := range table.rows {
		all.beside(r.command+": "+r.form, r.took)
	}
	t.Logf("%d commands, %d at their worst; a neighbour's p99 is %v, the worst %v", commands, sent, all.percentile(.99), all.worst)
}

// everyCommandAtGoal does it with as much of everything as is promised for. What one prefix can have
// most of has servers of its own: they have to be made anew where commands give that memory up.
func everyCommandAtGoal(t *testing.T) {
	const clients = 10_000
	needDescriptors(t, clients)
	table := new(latencyTable)
	began := time.Now()
	part := func(name string, size sizes, only ...string) {
		t.Run(name, func(t *testing.T) {
			t.Logf("%+v", size)
			w := newWorst(t, size, only...)
			t.Logf("made after %v; the server has %s", time.Since(began).Round(time.Second), mib(w.server.residentBytes(t)))
			commands, sent := w.tryEveryCommand(t, table)
			w.tryEveryEnd(t, table)
			t.Logf("%d commands, %d at their worst, after %v", commands, sent, time.Since(began).Round(time.Second))
		})
	}
	part("many", sizes{tenants: 10_000_000, pieces: 10_000, held: 100_000, clients: clients, memory: "16gb"})
	for _, prefix := range []string{"far:", "left:"} {
		part(prefix, sizes{tenants: 10_000, pieces: 1_000_000, clients: clients, memory: "64gb"}, prefix, "missing:")
	}
	t.Logf("what a neighbour has noticed, in milliseconds\n%s", table)
	table.judge(t)
}

// longEnough is how long the forms of one command on one layout may take altogether, off the loop: to sort
// ten million prefixes takes ten seconds, for each pattern.
const longEnough = time.Minute

// notTried is what ends or changes the test itself, and has tests of its own.
var notTried = []string{
	"shutdown", "monitor", "client|reply", "client|kill", "flushall", "flushdb",
}

// tryEveryCommand returns how many commands there are, and how often one was sent.
func (w *worst) tryEveryCommand(t *testing.T, table *latencyTable) (commands, sent int) {
	t.Helper()
	all := documentedCommands(t, w.operator)
	for i, d := range all {
		table.progress(t, "%d of %d commands: %s", i, len(all), d.name)
		if !slices.Contains(notTried, d.name) {
			sent += w.tryAll(t, table, d)
		}
	}
	return len(all), sent
}

// tryAll sends a command in all forms that this test has, and returns how many those were.
func (w *worst) tryAll(t *testing.T, table *latencyTable, d documented) (sent int) {
	layouts := w.layouts
	if !d.takes("key") && d.name != "pt.deliter|next" {
		layouts = layouts[:1]
	}
	row := table.row(d.name)
	for _, l := range layouts {
		if len(layouts) > 1 {
			w.restore(t, l)
			w.neighbour.lap(t) // what that took is nobody's
		}
		began, skipped := time.Now(), 0
		lines := d.worstForms(l.prefix, w.tokens[l.prefix])
		for _, line := range lines {
			if *atGoal && time.Since(began) > longEnough {
				skipped++
				continue
			}
			for again := 0; again == 0 || *atGoal && again < 5 && row.longest < calm; again++ {
				asked := time.Now()
				w.send(t, line)
				sent++
				row.replied(time.Since(asked))
			}
			row.beside(fmt.Sprintf("%.60s", strings.Join(line, " ")), w.neighbour.lap(t))
		}
		if skipped > 0 {
			t.Logf("%s on %s takes so long that %d forms were not tried, of %d", d.name, l.prefix, skipped, len(lines))
		}
		if held := row.loop(t, w.operator); held != "" {
			t.Errorf("%s on %s held up the event loop: %s\n%s", d.name, l.prefix, held, w.heldUp())
		}
	}
	return sent
}

// send sends one command from a connection of its own, which is on an event loop until the command
// leaves it, and waits for the reply, or the first megabyte of it.
func (w *worst) send(t *testing.T, args []string) {
	t.Helper()
	nc, err := net.DialTimeout("tcp", w.server.addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	most := patience
	if *atGoal {
		most *= 10
	}
	nc.SetDeadline(time.Now().Add(most))
	request := command(args...) + command("ECHO", "the-end")
	go io.WriteString(nc, request) // it may have to wait for replies to be read
	in := make([]byte, 64<<10)
	tail := make([]byte, 0, 128<<10)
	for total := 0; total < 1<<20; {
		n, err := nc.Read(in)
		if n == 0 && err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Errorf("%.100q: no reply within %v", args, most)
			}
			return
		}
		total += n
		tail = append(tail[max(0, len(tail)-32):], in[:n]...)
		if bytes.Contains(tail, []byte("the-end")) || bytes.HasSuffix(tail, []byte("+QUEUED\r\n")) {
			return
		}
	}
}
