package integration_test

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sizes is how much there is of what commands might have to go through.
type sizes struct {
	tenants int    // prefixes beside those that are asked for
	pieces  int    // of memory that one prefix has
	held    int    // iterators that one client has open, and names that another keeps replies about
	clients int    // that are connected
	memory  string // for prefixes
}

// worst is a server with the worst layouts of IDs, and who watches over it.
type worst struct {
	sizes
	only      []string // of the layouts, all if empty
	server    *server
	operator  *client
	neighbour *neighbour
	holder    *client // has the iterators
	keeper    *client // keeps the replies
	idle      []net.Conn
	layouts   []layout
	tokens    map[string]string // of delete iterators, by prefix
}

type layout struct {
	prefix string
	make   func(c *client) error
	// mend makes it anew where it still has its memory. With memory that was touched
	// once the process may grow by all of it, and not by what IDs lie in alone: so
	// what has much of it is not dropped and made again.
	mend   func(c *client) error
	count  int   // of IDs
	memory int64 // in bytes, as made
}

const farApart = 1 << 18 // memory is had by so many IDs

// newWorst starts the server and makes all there is to be on it.
func newWorst(t *testing.T, size sizes, only ...string) *worst {
	t.Helper()
	w := &worst{sizes: size, only: only}
	w.start(t)
	return w
}

func (w *worst) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(binary, "--addr", "127.0.0.1:0", "--max-memory", w.memory, "--max-query-memory", "4gb", "--max-clients", strconv.Itoa(w.clients+1000))
	// The collector is not to take the address space for memory: of most of it no
	// page is there.
	cmd.Env = append(cmd.Environ(), "GOMEMLIMIT=off")
	w.server, w.tokens = startServerCommand(t, cmd), map[string]string{}
	w.layouts = worstLayouts(w.pieces, w.only)
	c := connect(t, w.server.addr)
	if err := createTenants(c, w.tenants); err != nil {
		t.Fatal(err)
	}
	for i := range w.layouts {
		l := &w.layouts[i]
		if l.make == nil {
			continue
		}
		if err := l.make(c); err != nil {
			t.Fatal(err)
		}
		l.memory = memoryOf(t, c, l.prefix)
	}
	w.hold(t)
	w.idle = fill(t, w.server.addr, w.clients)
	w.operator = connect(t, w.server.addr)
	w.neighbour = newNeighbour(t, w.server.addr)
	if held := new(latencyRow).loop(t, w.operator); held != "" {
		t.Errorf("to make all that held up the event loop: %s\n%s", held, w.heldUp())
	}
	for _, l := range w.layouts {
		w.restore(t, l)
	}
}

// renew makes all of it anew, with another server.
func (w *worst) renew(t *testing.T) {
	t.Helper()
	w.neighbour.stop(t)
	for _, c := range w.idle {
		c.Close()
	}
	w.server.signal(t, syscall.SIGTERM)
	w.server.waitExit(t)
	w.start(t)
}

// createTenants makes n prefixes.
func createTenants(c *client, n int) error {
	const batch = 5000
	var out []byte
	replies := make([]byte, batch*len(simple("OK")))
	for first := 0; first < n; first += batch {
		end := min(first+batch, n)
		out = out[:0]
		for i := first; i < end; i++ {
			out = fmt.Appendf(out, "PT.CREATE tenant:%d:\r\n", i)
		}
		c.extendDeadline()
		if _, err := c.conn.Write(out); err != nil {
			return err
		}
		got := replies[:(end-first)*len(simple("OK"))]
		if _, err := io.ReadFull(c.conn, got); err != nil || got[0] != '+' {
			return fmt.Errorf("PT.CREATE: %.100q, %w", got, err)
		}
	}
	return nil
}

// hold has one client open iterators, and another keep replies.
func (w *worst) hold(t *testing.T) {
	t.Helper()
	if w.held == 0 {
		return
	}
	tenant := func(i int) string { return fmt.Sprintf("tenant:%d:", i) }
	w.holder, w.keeper = connect(t, w.server.addr), connect(t, w.server.addr)
	pipelined(t, w.holder, w.held, func(i int) []string { return []string{"PT.ADD", tenant(i), "1"} })
	pipelined(t, w.holder, w.held, func(i int) []string { return []string{"PT.DELITER", "OPEN", tenant(i), "ONCLOSE"} })
	w.keeper.mustReply(t, "HELLO", "3")
	w.keeper.mustDo(t, "CLIENT TRACKING ON", simple("OK"))
	pipelined(t, w.keeper, w.held, func(i int) []string { return []string{"PT.COUNT", tenant(i)} })
	w.keeper.conn.SetDeadline(time.Time{})
	go io.Copy(io.Discard, w.keeper.conn) // what it is told; ends with the connection
}

// worstLayouts are those of that name, all without names. Some lie in so many
// pieces of memory.
func worstLayouts(pieces int, only []string) []layout {
	lines := func(lines ...string) func(c *client) error {
		return func(c *client) error {
			for _, line := range lines {
				if r, err := c.do(words(line)...); err != nil || r.kind == '-' {
					return fmt.Errorf("%s: %q, %v", line, r.raw, err)
				}
			}
			return nil
		}
	}
	apart := func(prefix string, n int, id func(i int) int) func(c *client) error {
		return changeEach("PT.ADD", prefix, n, 1000, id)
	}
	far := func(prefix string) func(c *client) error {
		return apart(prefix, pieces, func(i int) int { return (i + 1) * farApart })
	}
	last := pieces * farApart
	all := []layout{
		{prefix: "dense:", make: lines("PT.CREATE dense: MAXID 67108864", "PT.ADDRANGE dense: 0 67108864"), count: 1 << 26},
		{prefix: "far:", make: far("far:"), count: pieces, mend: inTurn(lines(fmt.Sprintf("PT.REMRANGE far: %d 281474976710656", last+1)), removeBefore("far:", last), far("far:"))},
		// The memory of many, and one at its end.
		{prefix: "left:", make: inTurn(far("left:"), removeBefore("left:", last)), count: 1,
			mend: inTurn(lines(fmt.Sprint("PT.ADD left: ", last), fmt.Sprintf("PT.REMRANGE left: %d 281474976710656", last+1)), removeBefore("left:", last))},
		{prefix: "sparse:", make: apart("sparse:", 100_000, func(i int) int { return i * 64 }), count: 100_000},
		// One free ID in each word.
		{prefix: "holes:", make: inTurn(lines("PT.CREATE holes: MAXID 4194304", "PT.ADDRANGE holes: 0 4194304"),
			changeEach("PT.REM", "holes:", 1<<16, 4096, func(i int) int { return i*64 + 33 })), count: 4194304 - 1<<16},
		{prefix: "wide:", make: lines("PT.CREATE wide: MAXID 281474976710656", "PT.ADD wide: 0 281474976710655"), count: 2},
		{prefix: "missing:"},
	}
	if len(only) == 0 {
		return all
	}
	var some []layout
	for _, l := range all {
		for _, name := range only {
			if l.prefix == name {
				some = append(some, l)
			}
		}
	}
	return some
}

// changeEach adds or removes n IDs, so many with each command.
func changeEach(command, prefix string, n, batch int, id func(i int) int) func(c *client) error {
	return func(c *client) error {
		for i := 0; i < n; i += batch {
			args := []string{command, prefix}
			for j := i; j < min(i+batch, n); j++ {
				args = append(args, strconv.Itoa(id(j)))
			}
			if r, err := c.do(args...); err != nil || r.kind != ':' {
				return fmt.Errorf("%s %s: %.100q, %v", command, prefix, r.raw, err)
			}
		}
		return nil
	}
}

// removeBefore removes what lies below last, of so much memory that it takes a while, in parts.
func removeBefore(prefix string, last int) func(c *client) error {
	const part = 10_000 * farApart
	return func(c *client) error {
		for from := 0; from < last; from += part {
			if r, err := c.do("PT.REMRANGE", prefix, strconv.Itoa(from), strconv.Itoa(min(from+part, last))); err != nil || r.kind != ':' {
				return fmt.Errorf("PT.REMRANGE %s: %.100q, %v", prefix, r.raw, err)
			}
		}
		return nil
	}
}

// inTurn takes one step after the other.
func inTurn(steps ...func(c *client) error) func(c *client) error {
	return func(c *client) error {
		for _, step := range steps {
			if err := step(c); err != nil {
				return err
			}
		}
		return nil
	}
}

// memoryOf is what a prefix takes, 0 where there is none.
func memoryOf(t *testing.T, c *client, prefix string) int64 {
	t.Helper()
	r := c.mustReply(t, "PT.INFO", prefix)
	if len(r.items) == 0 {
		return 0
	}
	return int64(atoi(t, r.field(t, "memory_bytes").text))
}

// heldUp is what the server's log says of loops, and for how long each was held up.
func (w *worst) heldUp() string {
	var lines []string
	for line := range strings.Lines(w.server.log.String()) {
		if strings.Contains(line, "event loop held up") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}

// muchMemory is what is not made twice in one process.
const muchMemory = 4 << 30

// restore makes a layout anew where commands have changed much of it.
func (w *worst) restore(t *testing.T, l layout) {
	t.Helper()
	c := w.operator
	if l.make == nil {
		c.mustReply(t, "PT.DROP", l.prefix)
		return
	}
	if n := atoi(t, c.mustReply(t, "PT.COUNT", l.prefix).text); n <= l.count*9/10 || n > l.count+l.count/10+10_000 {
		again, there := l.make, memoryOf(t, c, l.prefix) >= l.memory/2
		switch {
		case there && l.mend != nil:
			again = l.mend
		case l.memory > muchMemory:
			w.renew(t)
			return
		default:
			c.mustReply(t, "PT.DROP", l.prefix)
		}
		if err := again(c); err != nil {
			t.Fatal(err)
		}
	}
	if token := c.mustReply(t, "PT.DELITER", "OPEN", l.prefix); token.kind == '$' {
		w.tokens[l.prefix] = token.text
	}
}
