package integration_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// The conformance list: what the test suites of Redis and Valkey check of safety, C1 to C131,
// asked of this server and, where it can answer, of redis-server as the control: a check that Redis
// fails is a wrong check.

// check is a line of the list.
type check struct {
	id    string
	claim string
	run   func(t *testing.T, s subject)
	own   bool   // of this server only: the control has no such command, flag or field
	by    string // another test shows it
	na    string // why it does not apply
}

// subject is a server to check.
type subject struct {
	redis bool
	// with returns the address of a server with these options.
	with func(t *testing.T, o options) string
}

type options struct {
	password   string
	maxClients int
	memory     string
}

var plainOptions options

func (s subject) connect(t *testing.T) *client {
	t.Helper()
	return connect(t, s.with(t, plainOptions))
}

// raw sends bytes as they are, and wants these back.
func (s subject) raw(t *testing.T, bytes, want string) {
	t.Helper()
	rawAt(t, s.with(t, plainOptions), bytes, want)
}

// rawAt also wants the connection to stay open for a PING, or to end behind a protocol error.
func rawAt(t *testing.T, addr, bytes, want string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	ends := strings.Contains(want, "Protocol error")
	if !ends {
		bytes, want = bytes+"*2\r\n$4\r\nPING\r\n$3\r\nend\r\n", want+"$3\r\nend\r\n"
	}
	if _, err := io.WriteString(conn, bytes); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	n, err := io.ReadFull(conn, got)
	if string(got[:n]) != want {
		t.Fatalf("%.100q\n replied %.200q, %v\n want    %.200q", bytes, got[:n], err, want)
	}
	if ends {
		if n, err := conn.Read(got); n != 0 || err == nil {
			t.Fatalf("%.100q: the connection goes on with %q, %v", bytes, got[:n], err)
		}
	}
}

// TestConformance runs the list and prints it as a table. Bare redcon fails C2, C3, C6, C11 to
// C13, C27, C28, C50, C75 and C76.
func TestConformance(t *testing.T) {
	t.Parallel()
	checks := conformanceList()
	for i, c := range checks {
		if want := fmt.Sprintf("C%d", i+1); c.id != want {
			t.Fatalf("line %d is %s, want %s", i, c.id, want)
		}
	}
	if len(checks) != 131 {
		t.Fatalf("%d checks", len(checks))
	}
	us, control := subjects(t)
	var table strings.Builder
	results := make(map[string]int)
	for _, c := range checks {
		verdict, behind := "pass", ""
		switch {
		case c.na != "":
			verdict, behind = "n.a.", ": "+c.na
		case c.by != "":
			verdict, behind = "by", " "+c.by
		default:
			if !c.own {
				t.Run(c.id+" on redis-server", func(t *testing.T) { c.run(t, control) })
			}
			if !t.Run(c.id, func(t *testing.T) { c.run(t, us) }) {
				verdict = "FAIL"
			}
		}
		results[verdict]++
		fmt.Fprintf(&table, "%-5s %-5s %s%s\n", c.id, verdict, c.claim, behind)
	}
	t.Logf("%d pass, %d shown by other tests, %d not applicable, %d fail\n%s",
		results["pass"], results["by"], results["n.a."], results["FAIL"], table.String())
}

func conformanceList() (list []check) {
	for _, part := range [][]check{
		protocolChecks, pipelineChecks, bufferChecks, limitChecks, authChecks, introspectionChecks,
		networkChecks, crashChecks, dataChecks,
	} {
		list = append(list, part...)
	}
	return list
}

// subjects are this server and redis-server, each started once for each set of options.
func subjects(t *testing.T) (us, control subject) {
	suite := t
	ours, redis := make(map[options]string), make(map[options]string)
	us.with = func(t *testing.T, o options) string {
		t.Helper()
		if ours[o] == "" {
			var flags []string
			if o.password != "" {
				flags = append(flags, "--requirepass", o.password)
			}
			if o.maxClients > 0 {
				flags = append(flags, "--max-clients", fmt.Sprint(o.maxClients))
			}
			if o.memory != "" {
				flags = append(flags, "--max-memory", o.memory)
			}
			ours[o] = startServer(suite, flags...).addr
		}
		return ours[o]
	}
	control.redis = true
	control.with = func(t *testing.T, o options) string {
		t.Helper()
		if redis[o] == "" {
			s := startRedis(suite)
			c := connect(suite, s.addr)
			if o.maxClients > 0 {
				c.mustDo(t, fmt.Sprintf("CONFIG SET maxclients %d", o.maxClients), simple("OK"))
			}
			if o.memory != "" {
				c.mustDo(t, "CONFIG SET maxmemory "+o.memory, simple("OK"))
			}
			if o.password != "" {
				c.mustDo(t, "CONFIG SET requirepass "+o.password, simple("OK"))
			}
			c.close()
			redis[o] = s.addr
		}
		return redis[o]
	}
	requireProgram(t, "redis-server", "redis-server")
	return us, control
}
