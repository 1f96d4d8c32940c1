package integration_test

import (
	"strconv"
	"strings"
	"testing"
)

// A server that follows its store: what comes there and goes is told to nobody, and known; also what happened while the
// server was dead, and what tells no events.
func TestStore_Follow(t *testing.T) {
	t.Parallel()
	beside := startRedis(t)
	flags := []string{"--appendonly", "yes", "--dir", t.TempDir(), "--store", "redis://" + beside.addr,
		"--sync-prefixes", "vec:,img:", "--sync-on-start", "--sync-settle", "100ms", "--follow"}
	m := startMortal(t, append([]string{"--addr", "127.0.0.1:0"}, flags...)...)
	c, to := connect(t, m.addr), connect(t, beside.addr)
	eventually(t, "it is told what lacks", func() bool {
		return strings.Contains(syncInfo(t, c)["follow_last_gap"], "CONFIG SET notify-keyspace-events Kgxen")
	})
	to.mustDo(t, "CONFIG SET notify-keyspace-events Kgxen", simple("OK"))
	eventually(t, "it follows", func() bool { return syncInfo(t, c)["follow_connected"] == "1" })

	counts := func(prefix string, n int) {
		t.Helper()
		eventually(t, prefix+" has "+strconv.Itoa(n), func() bool {
			return c.mustReply(t, "PT.COUNT", prefix).text == strconv.Itoa(n) && syncInfo(t, c)["follow_catching_up"] == "0"
		})
	}
	putKeys(t, to, 2000)
	counts("vec:", 2000)
	to.mustDo(t, "DEL vec:000000000003 vec:000000000004", integer(2))
	to.mustDo(t, "PEXPIRE vec:000000000005 1", integer(1))
	counts("vec:", 1997)
	to.mustDo(t, "SET img:000000000007 x", simple("OK")) // the prefix is made
	eventually(t, "img: is made", func() bool { return c.mustReply(t, "EXISTS", "img:").text == "1" })

	m.kill(t)
	to.mustDo(t, "DEL vec:000000000006", integer(1))
	to.mustDo(t, "SET vec:000000009999 x", simple("OK"))
	to.mustDo(t, "SET vec:000000009998 x", simple("OK"))
	s := startServer(t, flags...)
	c = connect(t, s.addr)
	counts("vec:", 1998)
	c.mustDo(t, "PT.EXISTS vec: 6", integer(0))

	gaps := syncInfo(t, c)["follow_gaps"]
	to.mustDo(t, "FLUSHALL", simple("OK"))
	counts("vec:", 0)
	if info := syncInfo(t, c); info["follow_gaps"] == gaps || info["follow_dropped"] != "0" || info["follow_primaries"] != "1" {
		t.Errorf("after FLUSHALL: %v", info)
	}
	if logLine(s.log.String(), "what happened in the store may have been missed: a repair follows when it is heard") == nil {
		t.Error("the log does not tell of a gap")
	}
}
