package commands

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// replayGround is what is there before a form. vec: has IDs in many words, and full
// ones.
var replayGround = []string{
	"PT.CREATE vec: MAXID 1000000 WIDTH 7 TAG abc", "PT.ADDRANGE vec: 100 5000", "PT.ADD vec: 7 6000 300000 999999",
	"PT.CREATE doc: WIDTH 0", "PT.ADD doc: 1 2 3 281474976710655", "PT.CREATE none: MAXID 50",
	"PT.CURSOR OPEN cur vec: ALL RANGE 0 2000 RANDOM 5 LIMIT 1000", "PT.CURSOR NEXT cur COUNT 10 LEASE 600000",
}

// keptForms are the commands that may change something, each in forms that do. TOKEN
// is that of a delete iterator of vec:, which is opened then.
var keptForms = map[string][]string{
	"PT.CREATE":   {"PT.CREATE new:", "PT.CREATE new: MAXID 77 WIDTH 3 TAG x", "PT.CREATE new: MAXID 9 IFNOTEXISTS"},
	"PT.DROP":     {"PT.DROP vec:", "PT.DROP nosuch: none: doc:"},
	"PT.CLEAR":    {"PT.CLEAR vec:", "PT.CLEAR vec: RETAIN", "PT.CLEAR doc:"},
	"PT.RESERVE":  {"PT.RESERVE new: 1000"},
	"PT.ADD":      {"PT.ADD vec: 8", "PT.ADD new: 1 70000 5 4", "PT.ADD vec: 7 8 9 1000000 5001", "PT.ADD doc: 1099511627776"},
	"PT.REM":      {"PT.REM vec: 7", "PT.REM vec: 8 100 101 300000 4999", "PT.REM doc: 281474976710655"},
	"PT.CLAIM":    {"PT.CLAIM vec: 8", "PT.CLAIM new: 123456"},
	"PT.MCLAIM":   {"PT.MCLAIM vec: 7 8 100 99 400000", "PT.MCLAIM new: 5 5 6"},
	"PT.ADDRANGE": {"PT.ADDRANGE vec: 0 1000000", "PT.ADDRANGE new: 10 700000", "PT.ADDRANGE vec: 5000 5001"},
	"PT.REMRANGE": {"PT.REMRANGE vec: 0 1000000", "PT.REMRANGE vec: 130 131", "PT.REMRANGE doc: 0 281474976710656"},
	"PT.ADDKEY":   {"PT.ADDKEY vec:{abc}:0000008", "PT.ADDKEY doc:9 vec:{abc}:0400000 doc:10 nosuch:1"},
	"PT.REMKEY":   {"PT.REMKEY vec:{abc}:0000007", "PT.REMKEY doc:2 vec:{abc}:0300000 doc:3"},
	"PT.CLAIMNEXT": {"PT.CLAIMNEXT vec:", "PT.CLAIMNEXT vec: COUNT 10000 KEYS", "PT.CLAIMNEXT vec: RANGE 500000 600000 COUNT 3 RUNS", "PT.CLAIMNEXT new: COUNT 100",
		"PT.CLAIMNEXT new: ONLY doc: COUNT 2", "PT.CLAIMNEXT doc: EXCEPT vec: COUNT 5000", "PT.CLAIMNEXT new: EXCEPT vec: COUNT 300"},
	"PT.TAKENEXT": {"PT.TAKENEXT vec:", "PT.TAKENEXT vec: COUNT 3000", "PT.TAKENEXT doc: RANGE 3 281474976710656 COUNT 2",
		"PT.TAKENEXT vec: EXCEPT doc: COUNT 3000", "PT.TAKENEXT vec: EXCEPT none: COUNT 2"},
	"PT.DELITER|OPEN": nil, // delete iterators end with the process
	"PT.DELITER|NEXT": {"PT.DELITER NEXT TOKEN", "PT.DELITER NEXT TOKEN COUNT 1000", "PT.DELITER NEXT TOKEN COUNT 5 RUNS"},
	"PT.CONFIRM":      {"PT.CONFIRM LEASE OF PT.CLAIMNEXT vec: COUNT 300 LEASE 600000", "PT.CONFIRM LEASE OF PT.TAKENEXT vec: COUNT 300 LEASE 600000", "PT.CONFIRM ID 5 LEASE OF PT.CLAIMNEXT new: COUNT 10 LEASE 600000"},
	"PT.RELEASE":      {"PT.RELEASE LEASE OF PT.CLAIMNEXT vec: COUNT 300 LEASE 600000", "PT.RELEASE LEASE OF PT.TAKENEXT vec: COUNT 300 LEASE 600000", "PT.RELEASE ID 5 LEASE OF PT.CLAIMNEXT new: COUNT 10 LEASE 600000"},
	"PT.RENEW":        {"PT.RENEW ID 90000000 LEASE OF PT.CLAIMNEXT vec: COUNT 300 LEASE 600000"},
	"PT.CURSOR|OPEN":  {"PT.CURSOR OPEN new vec:", "PT.CURSOR OPEN new vec: UNSET RANDOM 7 LOOP EXCEPT doc: ONLY none:", "PT.CURSOR OPEN new doc: ALL RANGE 5 5"},
	"PT.CURSOR|NEXT":  {"PT.CURSOR NEXT cur", "PT.CURSOR NEXT cur COUNT 300 LEASE 600000", "PT.CURSOR NEXT cur COUNT 5 KEYS"},
	"PT.CURSOR|SEEK":  {"PT.CURSOR SEEK cur 50", "PT.CURSOR SEEK cur 2000"},
	"PT.CURSOR|CLOSE": {"PT.CURSOR CLOSE cur"},
	"DEL":             {"DEL vec:", "DEL doc: nosuch: none:"},
	"UNLINK":          {"UNLINK vec:", "UNLINK none: vec:"},
	"FLUSHDB":         {"FLUSHDB", "FLUSHDB ASYNC"},
	"FLUSHALL":        {"FLUSHALL", "FLUSHALL SYNC"},
	"SADD":            {"SADD vec: 8", "SADD new: 1 2 300000", "SADD vec: vec:{abc}:0000009"},
	"SREM":            {"SREM vec: 7", "SREM vec: 100 vec:{abc}:0000101 8"},
	"SPOP":            {"SPOP doc:", "SPOP vec: 50", "SPOP vec: 60000"},
	"COPY":            {"COPY vec: new:", "COPY doc: vec: REPLACE", "COPY none: new:"},
	"RENAME":          {"RENAME vec: new:", "RENAME doc: vec:", "RENAME none: a-name-that-is-longer:"},
	"RENAMENX":        {"RENAMENX vec: new:"},
	"SINTERSTORE":     {"SINTERSTORE new: vec: doc:", "SINTERSTORE vec: vec: doc:", "SINTERSTORE doc: nosuch:"},
	"SUNIONSTORE":     {"SUNIONSTORE new: vec: doc: none:", "SUNIONSTORE none: vec:", "SUNIONSTORE doc: doc: vec:"},
	"SDIFFSTORE":      {"SDIFFSTORE new: vec: doc:", "SDIFFSTORE none: doc: vec:"},
	"BITOP":           {"BITOP XOR new: vec: doc:", "BITOP NOT vec: vec:", "BITOP AND none: vec: doc:"},
	"SETBIT":          {"SETBIT vec: 8 1", "SETBIT vec: 7 0", "SETBIT new: 5 1"},
}

// kept is all of the registry that comes back: the numbers of PT.INFO are as of the
// last base.
func kept(r *tracker.Registry) string {
	var b strings.Builder
	for _, t := range r.All() {
		fmt.Fprintf(&b, "%q %+v %d %d", t.Prefix(), t.Config(), t.Created().UnixNano(), t.Count())
		var runs []tracker.Run
		for cursor := uint64(0); ; {
			var err error
			if runs, cursor, err = t.Scan(runs, tracker.Set, tracker.Everything, cursor, 1<<20); err != nil {
				return err.Error()
			}
			if cursor == 0 {
				break
			}
		}
		fmt.Fprintln(&b, runs, leases(t))
	}
	b.WriteString(cursors(r))
	return b.String()
}

// leases are a tracker's leases, but for the time that goes by.
func leases(t *tracker.Tracker) (lines []string) {
	for _, l := range t.Leases(nil, 1<<20) {
		lines = append(lines, fmt.Sprint(l.Token, l.Kind, l.Outstanding, l.Name, l.TTL.Round(time.Hour)))
	}
	slices.Sort(lines)
	return lines
}

// keptServer is a server with the log of a directory, and one connection.
type keptServer struct {
	*server
	t       *testing.T
	out     bytes.Buffer
	conn    *resp.Conn
	session resp.Session
}

// do executes a command line, and has what it has changed in the log.
func (k *keptServer) do(line string) string {
	k.t.Helper()
	k.out.Reset()
	log := k.conn.Log()
	notes := log.NewBatch()
	k.session.Note(notes)
	k.session.Serve(words(line))
	k.session.EndBatch()
	if err := k.conn.Flush(); err != nil {
		k.t.Fatal(err)
	}
	if !log.Wait(log.Commit(notes), nil) {
		k.t.Fatalf("%s: the log has come to its end", line)
	}
	if k.out.Len() == 0 || k.out.Bytes()[0] == '-' {
		k.t.Fatalf("%s: %q", line, k.out.String())
	}
	return k.out.String()
}

// onDisk opens a directory, has do done, and closes it.
func onDisk(t *testing.T, dir string, do func(*keptServer)) {
	t.Helper()
	k := &keptServer{server: newServer(t, 0), t: t}
	k.conn, k.session = k.connect(&k.out)
	k.conn.Server = resp.NewServer(k.Engine, zerolog.Nop(), resp.DefaultConfig())
	log := openLog(t, dir, k.registry, k.Changes)
	log.Start()
	k.conn.Server.Keep(log)
	do(k)
	if err := log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestWrites_AreInTheLog executes each command that may change something, and reads
// its log into a fresh registry: all is there that was. A command that is added
// needs forms.
func TestWrites_AreInTheLog(t *testing.T) {
	known := make(map[string]bool)
	engine.Walk(newServer(t, 0).Commands(), false, func(c *engine.Command) {
		if slices.Contains(c.Flags, "write") && c.Run != nil {
			known[c.Name] = true
			if _, has := keptForms[c.Name]; !has {
				t.Errorf("%s has the flag write, and no form here", c.Name)
			}
		}
	})
	for name, forms := range keptForms {
		if !known[name] {
			t.Errorf("%s is no command with the flag write", name)
		}
		for i, form := range forms {
			t.Run(form, func(t *testing.T) { checkReplay(t, form, false) })
			if i == 0 {
				t.Run(form+"/queued", func(t *testing.T) { checkReplay(t, form, true) })
			}
		}
	}
}

// checkReplay executes a form, in a transaction or not, and looks at what its log
// says.
func checkReplay(t *testing.T, form string, queued bool) {
	dir := t.TempDir()
	var before, after string
	onDisk(t, dir, func(k *keptServer) {
		for _, line := range replayGround {
			k.do(line)
		}
		before = kept(k.registry)
		if of, rest, lent := strings.Cut(form, " LEASE OF "); lent {
			command, id, _ := strings.Cut(of, " ID ")
			form = command + " " + strings.Split(k.do(rest), "\r\n")[2] + " " + id
			before = kept(k.registry)
		}
		if strings.Contains(form, "TOKEN") {
			token := strings.Split(k.do("PT.DELITER OPEN vec:"), "\r\n")[1]
			form = strings.ReplaceAll(form, "TOKEN", token)
		}
		lines := []string{form}
		if queued {
			lines = []string{"MULTI", form, "EXEC"}
		}
		for _, line := range lines {
			k.do(line)
		}
		if after = kept(k.registry); after == before {
			t.Fatal("it changes nothing")
		}
	})
	onDisk(t, dir, func(k *keptServer) {
		if now := kept(k.registry); now != after {
			t.Errorf("what was there\n%s\nwhat is there\n%s\nbefore the command\n%s", after, now, before)
		}
	})
}
