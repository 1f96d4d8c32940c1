package integration_test

import (
	"slices"
	"strings"
	"testing"
)

// commandNames returns what COMMAND LIST replies, sorted.
func commandNames(t *testing.T, c *client, filter string) (names []string) {
	t.Helper()
	for _, item := range c.mustReply(t, words("COMMAND LIST"+filter)...).items {
		names = append(names, item.text)
	}
	slices.Sort(names)
	return names
}

// TestCommandCategoriesAsRedis compares the ACL categories of all commands that a real redis-server has,
// too, as clients filter by them. Which commands are fast is each server's own.
func TestCommandCategoriesAsRedis(t *testing.T) {
	t.Parallel()
	server, store := connect(t, startServer(t).addr), connect(t, startRedis(t).addr)
	all, known := commandNames(t, server, ""), commandNames(t, store, "")
	if !slices.Contains(all, "client|list") || !slices.Contains(all, "client|help") || !slices.Contains(all, "client") {
		t.Errorf("COMMAND LIST lacks subcommands: %q", all)
	}
	// CLUSTER has subcommands in Redis, and they are in the categories there.
	known = slices.DeleteFunc(known, func(name string) bool { return name == "cluster" })
	both := func(name string) bool { return slices.Contains(known, name) && slices.Contains(all, name) }
	for _, category := range words("keyspace read write set bitmap admin dangerous connection transaction") {
		filter := " FILTERBY ACLCAT " + category
		got, want := commandNames(t, server, filter), commandNames(t, store, filter)
		got = slices.DeleteFunc(got, func(name string) bool { return !both(name) })
		want = slices.DeleteFunc(want, func(name string) bool { return !both(name) })
		if !slices.Equal(got, want) {
			t.Errorf("%s\n replied       %q\n redis replies %q", filter, got, want)
		}
		// COMMAND INFO says the same.
		for _, name := range all {
			info := server.mustReply(t, "COMMAND", "INFO", name).items[0]
			said := slices.ContainsFunc(info.items[6].items, func(c reply) bool { return c.text == "@"+category })
			if said != slices.Contains(commandNames(t, server, filter), name) {
				t.Errorf("COMMAND INFO %s: @%s is %t", name, category, said)
			}
		}
	}
	// ACL CAT, too, in the names that Redis has.
	there := store.mustReply(t, "ACL", "CAT").texts()
	for _, category := range server.mustReply(t, "ACL", "CAT").texts() {
		if !slices.Contains(there, category) && category != "prefixtracker" {
			t.Errorf("ACL CAT has %s", category)
		}
		of := server.mustReply(t, "ACL", "CAT", category).texts()
		slices.Sort(of)
		if want := commandNames(t, server, " FILTERBY ACLCAT "+category); !slices.Equal(of, want) || len(of) == 0 {
			t.Errorf("ACL CAT %s\n replied     %q\n COMMAND LIST %q", category, of, want)
		}
	}
	for _, name := range all {
		container := slices.ContainsFunc(all, func(sub string) bool { return strings.HasPrefix(sub, name+"|") })
		if strings.HasPrefix(name, "pt.") && !slices.Contains(commandNames(t, server, " FILTERBY ACLCAT prefixtracker"), name) && !strings.Contains(name, "|") && !container {
			t.Errorf("%s is not @prefixtracker", name)
		}
	}
}

// newer are commands that the redis-server of the tests may lack.
var newer = []string{"waitaof"}

// TestCommandsWhileLoadingAsRedis compares which commands are executed while data is read: all that a real
// redis-server has, too, and no others.
func TestCommandsWhileLoadingAsRedis(t *testing.T) {
	t.Parallel()
	server, store := connect(t, startServer(t).addr), connect(t, startRedis(t).addr)
	loads := func(c *client, name string) (loads, known bool) {
		info := c.mustReply(t, "COMMAND", "INFO", name).items[0]
		return len(info.items) > 2 && slices.Contains(info.items[2].texts(), "loading"), len(info.items) > 2
	}
	compared := 0
	for _, name := range commandNames(t, server, "") {
		got, _ := loads(server, name)
		want, known := loads(store, name)
		switch {
		case strings.HasPrefix(name, "pt."):
			if got && !strings.HasSuffix(name, "|help") {
				t.Errorf("%s is executed while loading", name)
			}
		case known:
			if compared++; got != want {
				t.Errorf("%s has the flag loading: %t, in Redis: %t", name, got, want)
			}
		case !slices.Contains(newer, name) && !strings.Contains(name, "|"): // subcommands that Redis has none of
			t.Errorf("%s is not in Redis", name)
		}
	}
	if compared < 90 {
		t.Errorf("%d commands were compared", compared)
	}
}

// TestOnlyASCIIHasCases: a Kelvin sign is no k, in no name that a client says.
func TestOnlyASCIIHasCases(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	const k = "\u212a"
	if r := c.mustReply(t, "CONFIG", "GET", "latency-trac"+k+"*"); len(r.items) != 0 {
		t.Errorf("CONFIG GET replied %q", r.raw)
	}
	for _, args := range [][]string{
		{"CONFIG", "SET", "maxmemory", "100" + k}, {"CONFIG", "SET", "slowlog-max-len" + k, "5"}, {"CLIENT", k + "ILL", "ID", "1"},
		{"CLIENT", "TRAC" + k + "ING", "ON"}, {"CLIENT", "TRACKING", "ON", "BCA\u017fT"},
	} {
		if r := c.mustReply(t, args...); r.kind != '-' {
			t.Errorf("%q replied %q", args, r.raw)
		}
	}
	if r := c.mustReply(t, "INFO", "\u212aeyspace"); r.text != "" {
		t.Errorf("INFO replied %q", r.raw)
	}
	for _, filter := range []string{" FILTERBY ACLCAT " + k + "eyspace", " FILTERBY PATTERN client|" + k + "ill"} {
		if names := commandNames(t, c, filter); len(names) != 0 {
			t.Errorf("COMMAND LIST%s replied %q", filter, names)
		}
	}
}
