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

// newWorst starts the server and makes all there is to be on it.
func newWorst(t *testing.T, size sizes, only ...string) *worst {
	t.Helper()
	w := &worst{sizes: size, only: only}
	w.start(t)
	return w
}

func (w *worst) start(t *testing.T) {
	t.Helper()
	cmd := ahead(binary, "--addr", "127.0.0.1:0", "--max-memory", w.memory, "--max-query-memory", "4gb", "--max-clients", strconv.Itoa(w.clients+1000))
	// The collector is not to take the address space for memory: of most of it no
	// page is there.
	cmd.Env = append(cmd.Environ(), "GOMEMLIMIT=off")
	w.server, w.tokens = startServerCommand(t, cmd), map[string]string{}
	w.layouts = layoutsOf(worstLayouts(w.pieces), w.only)
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
		var err error
		if l.memory, err = memoryOf(c, l.prefix); err != nil {
			t.Fatal(err)
		}
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

// ahead is a command that, at the goal, has the processors before this process has them, where that is
// allowed: who sends what is at its worst is elsewhere mostly, and so is what he does to get it ready.
func ahead(program string, args ...string) *exec.Cmd {
	if *atGoal {
		program, args = "nice", append([]string{"-n", "-5", program}, args...)
	}
	return exec.Command(program, args...)
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

// restore makes a layout anew where commands have changed much of it, or all there is if need be.
func (w *worst) restore(t *testing.T, l layout) {
	t.Helper()
	switch err := l.restore(w.operator, w.tokens); {
	case err == errMuchMemory:
		w.renew(t)
	case err != nil:
		t.Fatal(err)
	}
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
