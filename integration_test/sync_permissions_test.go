package integration_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var userLine = regexp.MustCompile(`(?m)^ACL SETUSER ids .*$`)

// TestSync_Permissions has a user of the store with what docs/sync.md gives him, word for word: for a
// sync, and, with the second line, to follow.
func TestSync_Permissions(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	page, err := os.ReadFile("../docs/sync.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := userLine.FindAllString(string(page), -1)
	if len(lines) != 2 {
		t.Fatalf("docs/sync.md has the lines %q", lines)
	}
	redis := startRedis(t, "--notify-keyspace-events", "Kgxen")
	c := connect(t, redis.addr)
	redis.vectors(t, 0, 10)
	c.mustDo(t, "ACL SETUSER ids on >secret", simple("OK"))
	url := "redis://ids:secret@" + redis.addr + "/?wait=100ms"
	s := startServer(t, "--store", url, "--sync-settle", "20ms")
	mustSync(t, s, nil, 2, []string{`prefixtracker: sync of "vec:": ` + redis.addr}, "--prefix", "vec:")
	c.mustDo(t, lines[0], simple("OK"))
	mustSync(t, s, nil, 0, []string{"added 10"}, "--prefix", "vec:")
	connect(t, s.addr).mustDo(t, "PT.ADD vec: 77", integer(1))
	mustSync(t, s, nil, 1, []string{"stale 1"}, "--prefix", "vec:", "--mode", "verify")
	mustSync(t, s, nil, 0, []string{"repaired 1"}, "--prefix", "vec:", "--mode", "repair")

	c.mustDo(t, lines[1], simple("OK"))
	c.mustReply(t, words("ACL LOG RESET")...)
	follower := startServer(t, "--store", url, "--sync-settle", "20ms", "--sync-prefixes", "vec:", "--sync-on-start", "--follow")
	followed := connect(t, follower.addr)
	eventually(t, "the store is followed", func() bool { return infoField(t, followed, "follow_connected") == 1 })
	redis.vectors(t, 10, 11)
	eventually(t, "the new key is heard of", func() bool { return followed.mustReply(t, words("PT.EXISTS vec: 10")...).raw == integer(1) })
	// What the library does without may be refused; all else was given.
	harmless := regexp.MustCompile(`(?i)^(discard|s?unsubscribe|punsubscribe|ping)$`)
	for _, entry := range c.mustReply(t, words("ACL LOG")...).items {
		for i := 0; i+1 < len(entry.items); i += 2 {
			if object := entry.items[i+1].text; entry.items[i].text == "object" && !harmless.MatchString(object) {
				t.Errorf("the user may not do %q:\n%s", object, strings.Join(lines, "\n"))
			}
		}
	}
}
