package integration_test

import (
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a client asked for once must not stay with its connection, and what clients ask for at the same
// time counts together: a server that keeps to its limit for each of them alone is still out of memory.

// heldMemory is used_memory when the server has had reason to collect what nobody needs.
func heldMemory(t *testing.T, c *client) int64 {
	t.Helper()
	for range 30 {
		c.mustReply(t, words("SRANDMEMBER v: -65536")...)
	}
	return infoField(t, c, "used_memory")
}

func TestIdleConnectionsHoldNoDraws(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	if !memoryCounts() {
		t.Skip("the race detector needs memory of its own")
	}
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADDRANGE v: 0 300000", integer(300_000))
	before := heldMemory(t, c)
	const connections = 50
	for range connections {
		idle := connect(t, s.addr)
		if n := len(idle.mustReply(t, words("SRANDMEMBER v: 65536")...).items); n != 65_536 {
			t.Fatalf("%d members", n)
		}
		if n := len(idle.mustReply(t, words("SRANDMEMBER v: -65536")...).items); n != 65_536 {
			t.Fatalf("%d members", n)
		}
	}
	// 64 KiB each is generous; one draw of 65,536 IDs holds 5 MiB.
	if held := heldMemory(t, c) - before; held > 32<<20+connections<<16 {
		t.Errorf("%d idle connections, which have drawn 65,536 IDs each, hold %s", connections, mib(held))
	}
}

func TestSMembersKeepToTheLimitTogether(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	if !memoryCounts() {
		t.Skip("the race detector needs memory of its own")
	}
	s := startFrugalServer(t)
	c := connect(t, s.addr)
	const ids, limit, connections = 2_000_000, 128 << 20, 20
	c.mustDo(t, "CONFIG SET maxmemory "+strconv.Itoa(limit), simple("OK"))
	// No two IDs are neighbours: for the server this is as many runs.
	for id := 0; id < ids; {
		args := []string{"PT.ADD", "v:"}
		for range 50_000 {
			args = append(args, strconv.Itoa(2*id))
			id++
		}
		c.mustDoArgs(t, args, integer(50_000))
	}
	var readers []net.Conn
	for range connections {
		conn := deaf(t, s.addr)
		if _, err := conn.Write([]byte("SMEMBERS v:\r\n")); err != nil {
			t.Fatal(err)
		}
		readers = append(readers, conn)
	}
	begun := 0
	for _, conn := range readers { // the first byte says that all members are collected, or that they are not to be
		var first [1]byte
		conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := io.ReadFull(conn, first[:]); err != nil {
			t.Fatal(err)
		}
		if first[0] == '*' {
			begun++
		}
	}
	most := infoField(t, connect(t, s.addr), "used_memory")
	t.Logf("%d of %d replies have begun, and take %s", begun, connections, mib(most))
	if begun == 0 || most > 3*limit {
		t.Errorf("with maxmemory at %s, %d clients that ask for all members take %s", mib(limit), connections, mib(most))
	}
}

// TestDroppedTrackersAreNotKept: who uses a prefix and then does not read, or waits, must not keep it in
// memory when somebody drops it: the limit has room for others then.
func TestDroppedTrackersAreNotKept(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	if !memoryCounts() {
		t.Skip("the race detector needs memory of its own")
	}
	s := startServer(t, "--enable-debug-command", "local")
	c := connect(t, s.addr)
	const ids = 400_000_000 // 50 MB
	before := infoField(t, c, "used_memory")
	for _, last := range []string{"SMEMBERS", "PT.COUNT", "PT.SCAN"} {
		held := map[string]string{
			"SMEMBERS": "SMEMBERS big\r\n",
			"PT.COUNT": "PT.COUNT big\r\nDEBUG SLEEP 3600\r\n",
			"PT.SCAN":  "PT.COUNT big\r\nPT.SCAN big 0 COUNT 65536\r\nDEBUG SLEEP 3600\r\n",
		}[last]
		c.mustDo(t, "PT.ADDRANGE big 0 "+strconv.Itoa(ids), integer(ids))
		conn := deaf(t, s.addr)
		if _, err := io.WriteString(conn, held); err != nil {
			t.Fatal(err)
		}
		if last == "SMEMBERS" {
			if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil { // the reply has begun
				t.Fatal(err)
			}
		} else {
			eventually(t, "it has been executed", func() bool { return commandTallies(t, c)[strings.ToLower(last)].calls > 0 })
		}
		c.mustDo(t, "PT.DROP big", integer(1))
	}
	c.mustDo(t, "PT.ADDRANGE v: 0 300000", integer(300_000))
	if held := heldMemory(t, c) - before; held > 60<<20 {
		t.Errorf("dropped trackers of 50 MB, three in all, hold %s", mib(held))
	}
}
