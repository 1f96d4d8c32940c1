package integration_test

import (
	"strings"
	"testing"
)

// A server follows its store from its start on, as its settings say: what is set, expires or is
// deleted there is so here soon after.
func TestStore_Followed(t *testing.T) {
	t.Parallel()
	const n = 1000
	beside := startRedis(t)
	keys := connect(t, beside.addr)
	putKeys(t, keys, n)
	s := startServer(t, "--store", beside.url(), "--sync-prefixes", "vec:", "--sync-on-start", "--follow", "--follow-configure", "--sync-settle", "20ms")
	c := connect(t, s.addr)
	eventually(t, "the store is followed", func() bool {
		info := syncInfo(t, c)
		return info["sync_waiting"] == "0" && info["follow_enabled"] == "1" && info["follow_connected"] == "1" && info["follow_primaries"] == "1"
	})
	c.mustDo(t, "PT.COUNT vec:", integer(n))
	keys.mustDo(t, "SET vec:000000005000 x", simple("OK"))
	keys.mustDo(t, "DEL vec:000000000001", integer(1))
	keys.mustDo(t, "SET vec:000000000002 x PX 1", simple("OK"))
	eventually(t, "it has followed", func() bool {
		r := c.mustReply(t, words("PT.MEXISTS vec: 0 1 2 3 5000")...)
		return r.raw == array(integer(1), integer(0), integer(0), integer(1), integer(1))
	})
	keys.mustDo(t, "FLUSHALL", simple("OK"))
	eventually(t, "it has followed", func() bool { return c.mustReply(t, "PT.COUNT", "vec:").text == "0" })
	info := syncInfo(t, c)
	for _, name := range []string{"follow_events", "follow_applied", "follow_gaps"} {
		if info[name] == "0" || info[name] == "" {
			t.Errorf("%s is %q", name, info[name])
		}
	}
	if !strings.Contains(info["follow_last_gap"], "FLUSH") || info["follow_dropped"] != "0" {
		t.Errorf("INFO says %v", info)
	}
	if line := logLine(s.log.String(), "what happened in the store may have been missed: a repair follows when it is heard"); line == nil {
		t.Error("the log has no gap")
	}
}

// A store that tells too little is not changed without leave, and what it lacks is said.
func TestStore_FollowLacksLetters(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	beside := startRedis(t)
	s := startServer(t, "--store", beside.url(), "--sync-prefixes", "vec:", "--follow")
	c := connect(t, s.addr)
	eventually(t, "it says what is lacking", func() bool {
		info := syncInfo(t, c)
		return info["follow_connected"] == "0" && strings.Contains(info["follow_last_gap"], "notify-keyspace-events")
	})
	if set := connect(t, beside.addr).mustReply(t, "CONFIG", "GET", "notify-keyspace-events").texts(); len(set) != 2 || set[1] != "" {
		t.Errorf("it was set: %q", set)
	}
	if !strings.Contains(s.log.String(), "notify-keyspace-events") {
		t.Error("the log does not say it")
	}
}
