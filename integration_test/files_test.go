package integration_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

var (
	filesPatterns = flag.Int("files-patterns", 8, "patterns of IDs that go through files and back; make files has all 64")
	filesIDs      = flag.Uint64("files-ids", 20_000, "IDs of the largest of these patterns; make files has more")
)

var fileFormats = []string{"ids", "keys", "ranges", "roaring", "redis-bitmap"}

// idsFile runs export or import for a prefix, and returns what it prints and its exit code.
func idsFile(t *testing.T, s *server, command, prefix, format string, more ...string) (output string, code int) {
	t.Helper()
	output, code = run(t, binary, append([]string{command, "--addr", s.addr, "--prefix", prefix, "--format", format}, more...)...)
	return withoutHeadway(output), code
}

var headwayLine = regexp.MustCompile(`(?m)^\d+( of \d+)? (IDs|MB), .*\n`)

// withoutHeadway is what a program has printed without the lines that tell how far it is: a slow one has such.
func withoutHeadway(output string) string { return headwayLine.ReplaceAllString(output, "") }

func mustFile(t *testing.T, s *server, command, prefix, format string, more ...string) string {
	t.Helper()
	output, code := idsFile(t, s, command, prefix, format, more...)
	if code != 0 {
		t.Fatalf("%s of %s %s %q exited with %d: %s", command, prefix, format, more, code, output)
	}
	return output
}

// writeRanges writes a file of ranges.
func writeRanges(t *testing.T, path string, runs []idRun) {
	t.Helper()
	var b bytes.Buffer
	for _, r := range runs {
		fmt.Fprintf(&b, "%d-%d\n", r.start, r.start+r.n-1)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFiles_RoundTrip: what a prefix has goes to a file of each format and comes back as the same.
func TestFiles_RoundTrip(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, dir := startServer(t), t.TempDir()
	c := connect(t, s.addr)
	for _, p := range idPatterns(*filesIDs)[:*filesPatterns] {
		path := filepath.Join(dir, "file")
		writeRanges(t, path, p.runs)
		c.mustDo(t, "FLUSHALL", simple("OK"))
		c.mustDo(t, "PT.CREATE from: WIDTH 9 TAG a", simple("OK"))
		mustFile(t, s, "import", "from:", "ranges", path)
		c.mustDo(t, "PT.COUNT from:", integer(int(p.ids())))
		for _, format := range fileFormats {
			if format == "redis-bitmap" && !p.fitsRedis() {
				if output, code := idsFile(t, s, "export", "from:", format, path); code != 1 || !strings.Contains(output, "a string of a Redis server holds IDs below 4294967296") {
					t.Errorf("%s: %s: %d, %s", p.name, format, code, output)
				}
				continue
			}
			mustFile(t, s, "export", "from:", format, path)
			c.mustDo(t, "COPY from: to:", integer(1))
			c.mustDo(t, "PT.CLEAR from:", integer(int(p.ids())))
			mustFile(t, s, "import", "from:", format, path)
			for _, question := range []string{"PT.COUNT from: EXCEPT to:", "PT.COUNT to: EXCEPT from:"} {
				if n := c.mustReply(t, words(question)...).text; n != "0" {
					t.Errorf("%s: %s: %s: %s", p.name, format, question, n)
				}
			}
			c.mustDo(t, "PT.DROP to:", integer(1))
		}
	}
}

// TestFiles_InPages: single IDs, short runs and long ones, each in more than one page of what is asked for.
func TestFiles_InPages(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, path := startServer(t), filepath.Join(t.TempDir(), "file")
	c := connect(t, s.addr)
	var runs []idRun
	var all uint64
	for i, n := range []uint64{1, 40, 2, 3, 1, 300_000, 1, 9} {
		of := n * max(10, min(40_000, 1_000_000/n))
		runs = append(runs, evenly(uint64(i)<<40, n, n+1+uint64(i), of)...)
		all += of
	}
	writeRanges(t, path, runs)
	if output := mustFile(t, s, "import", "a:", "ranges", path); output != fmt.Sprintf("%d IDs imported, %d of them new\n", all, all) {
		t.Error(output)
	}
	c.mustDo(t, "PT.COUNT a:", integer(int(all)))
	if output := mustFile(t, s, "export", "a:", "roaring", path); output != fmt.Sprintf("%d IDs exported\n", all) {
		t.Error(output)
	}
	mustFile(t, s, "import", "b:", "roaring", path)
	c.mustDo(t, "PT.COUNT a: EXCEPT b:", integer(0))
	c.mustDo(t, "PT.COUNT b: EXCEPT a:", integer(0))
}

// TestFiles_ThroughPipes: standard output and input, with part of the IDs, into a file that has something already.
func TestFiles_ThroughPipes(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADDRANGE a: 0 100000", integer(100_000))
	c.mustDo(t, "PT.CREATE b: MAXID 60000", simple("OK"))
	for _, format := range []string{"ids", "ranges", "roaring", "redis-bitmap"} {
		path := filepath.Join(t.TempDir(), "file")
		script := fmt.Sprintf("printf x >%[3]s && %[1]s export --addr %[2]s --prefix a: --format %[4]s --min 1000 --max 60000 >>%[3]s && "+
			"tail -c +2 %[3]s | %[1]s import --addr %[2]s --prefix b: --format %[4]s -", binary, s.addr, path, format)
		output, code := run(t, "/bin/sh", "-c", script)
		if output = withoutHeadway(output); code != 0 || output != "59000 IDs exported\n59000 IDs imported, 59000 of them new\n" {
			t.Errorf("%s: %d: %s", format, code, output)
		}
		c.mustDo(t, "PT.COUNT b: RANGE 1000 60000", integer(59_000))
		c.mustDo(t, "PT.CLEAR b:", integer(59_000))
	}
	output, code := run(t, "/bin/sh", "-c", binary+" export --addr "+s.addr+" --prefix a: --format ids /dev/stdout 2>/dev/null | tail -n 1")
	if code != 0 || output != "99999\n" {
		t.Errorf("%d: %s", code, output)
	}
}

// TestFiles_BadFilesChangeNothing: the last thing in a file is wrong, and nothing of it is there.
func TestFiles_BadFilesChangeNothing(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, dir := startServer(t), t.TempDir()
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE vec: MAXID 1000000 WIDTH 8", simple("OK"))
	c.mustDo(t, "PT.ADD vec: 7", integer(1))
	c.mustDo(t, "PT.ADDRANGE whole: 0 900000", integer(900_000))
	roaring := filepath.Join(dir, "roaring")
	mustFile(t, s, "export", "whole:", "roaring", roaring)
	whole, err := os.ReadFile(roaring)
	if err != nil {
		t.Fatal(err)
	}
	many := strings.Repeat("1\n2\n3\n5\n", 5_000)
	for _, test := range []struct{ format, file, why string }{
		{"ids", many + "12", "line 20001: the file ends within"},
		{"ids", many + "9223372036854775808\n", "line 20001"},
		{"ids", many + "1000000\n", "line 20001: ID 1000000 is not below the bound 1000000"},
		{"ids", string(whole), "line 1"},
		{"ids", many + "\x1b[31m\n", `line 20001: "\x1b[31m"`},
		{"keys", "vec:00000001\nvec:0000002\n", "line 2"},
		{"keys", "vec:00000001\nkey:00000002\n", "line 2"},
		{"ranges", "0-999998\n5-999999\n5-1000000\n", "line 3"},
		{"roaring", string(whole[:len(whole)-1]), "the file ends here"},
		{"roaring", string(whole) + "\n", "something comes behind"},
		{"roaring", many, "not in the portable 64-bit format"},
		{"roaring", "", "byte 0: the file ends here"},
		{"redis-bitmap", strings.Repeat("\xff", 125_000) + "\x80", "byte 125000: ID 1000000 is not below the bound"},
	} {
		path := filepath.Join(dir, "bad")
		if err := os.WriteFile(path, []byte(test.file), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, from := range []string{path, "-"} {
			cmd := exec.Command(binary, "import", "--addr", s.addr, "--prefix", "vec:", "--format", test.format, from)
			cmd.Stdin = strings.NewReader(test.file)
			output, code := runCommand(t, cmd)
			output = withoutHeadway(output)
			if code != 1 || !strings.Contains(output, test.why) || !strings.Contains(output, "nothing was changed") || !isOneComplaint(output) {
				t.Errorf("%s %.20q: %d: %q, want %q", test.format, test.file, code, output, test.why)
			}
			c.mustDo(t, "PT.COUNT vec:", integer(1))
		}
	}
	if output, code := idsFile(t, s, "import", "none:", "ids", roaring); code != 1 || !isOneComplaint(output) {
		t.Errorf("%d: %s", code, output)
	}
	c.mustDo(t, "EXISTS none:", integer(0))
	for name, args := range map[string][]string{
		"--prefix is missing": {"import", "--format", "ids"}, "--format is missing": {"import", "--prefix", "vec:"},
		"unknown format": {"import", "--prefix", "vec:", "--format", "json"}, "one FILE at a time": {"import", "--prefix", "vec:", "--format", "ids", roaring, "--tls-ca"},
		"no such file": {"import", "--prefix", "vec:", "--format", "ids", filepath.Join(dir, "none")}, "is a directory": {"import", "--prefix", "vec:", "--format", "ids", dir},
		"there is no prefix none:": {"export", "--prefix", "none:", "--format", "ids"},
	} {
		if output, code := run(t, binary, append([]string{args[0], "--addr", s.addr}, args[1:]...)...); code != 1 || !strings.Contains(output, name) || !isOneComplaint(output) {
			t.Errorf("%q: %d: %s, want %q", args, code, output, name)
		}
	}
}

// TestFiles_RefusedInTheMiddle: who is refused is told how much is done, and to do it again does the rest.
func TestFiles_RefusedInTheMiddle(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, path := startServer(t, "--max-memory", "4mb"), filepath.Join(t.TempDir(), "ranges")
	c := connect(t, s.addr)
	const ids = 100_000
	writeRanges(t, path, evenly(0, 20, 10_000, ids)) // 200 chunks of 32 KiB
	output, code := idsFile(t, s, "import", "vec:", "ranges", path)
	done := atoi(t, c.mustReply(t, "PT.COUNT", "vec:").text)
	if code != 1 || !strings.Contains(output, "OOM") || !isOneComplaint(output) || done == 0 || done == ids ||
		!strings.Contains(output, fmt.Sprintf("%d of %d IDs were imported", done, ids)) {
		t.Errorf("%d: %s; %d are there", code, output, done)
	}
	c.mustDo(t, "CONFIG SET maxmemory 1gb", simple("OK"))
	want := fmt.Sprintf("%d IDs imported, %d of them new\n", ids, ids-done)
	if output := mustFile(t, s, "import", "vec:", "ranges", path); output != want {
		t.Errorf("%q, want %q", output, want)
	}
	c.mustDo(t, "PT.COUNT vec:", integer(ids))
}

func TestFiles_NoPrefixIsMadeWhereItMayNot(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, path := startServer(t, "--create-prefixes", "no"), filepath.Join(t.TempDir(), "ids")
	if err := os.WriteFile(path, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, code := idsFile(t, s, "import", "vec:", "ids", path); code != 1 || !strings.Contains(output, "create it with PT.CREATE") || !strings.Contains(output, "0 of 1 IDs") {
		t.Errorf("%d: %s", code, output)
	}
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE vec:", simple("OK"))
	mustFile(t, s, "import", "vec:", "ids", path)
	c.mustDo(t, "PT.COUNT vec:", integer(1))
}

// TestFiles_AMissingPrefixIsAsTheServerMakesIt: an import reads by the rules of the prefix that comes to be.
func TestFiles_AMissingPrefixIsAsTheServerMakesIt(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, path := startServer(t, "--default-max-id", "1000"), filepath.Join(t.TempDir(), "file")
	c := connect(t, s.addr)
	for _, test := range []struct{ format, text, wrong string }{
		{"ids", "1\n1000\n", "line 2: ID 1000 is not below the bound 1000; nothing was changed"},
		{"keys", "vec:7\n", `"vec:7" is no key of the prefix, which writes "vec:000000000042"; nothing was changed`},
		{"keys", "vec:000000000007\n", ""},
	} {
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		output, code := idsFile(t, s, "import", "vec:", test.format, path)
		if (code == 0) != (test.wrong == "") || !strings.Contains(output, test.wrong) {
			t.Errorf("%q: %d, %s", test.text, code, output)
		}
		if test.wrong != "" {
			c.mustDo(t, "EXISTS vec:", integer(0))
		}
	}
	c.mustDo(t, "PT.FORMAT vec: 7", array(bulk("vec:000000000007")))
	c.mustDo(t, "PT.COUNT vec:", integer(1))
}

// TestFiles_NoHalfFile: an export that is ended leaves the file that was there, and nothing else.
func TestFiles_NoHalfFile(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, dir := startServer(t), t.TempDir()
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADDRANGE vec: 0 300000000", integer(300_000_000))
	path := filepath.Join(dir, "ids")
	link := filepath.Join(dir, "link")
	if err := os.WriteFile(path, []byte("before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	bits := filepath.Join(t.TempDir(), "bits")
	if err := os.WriteFile(bits, bytes.Repeat([]byte{0xaa}, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	mustFile(t, s, "import", "every2nd:", "redis-bitmap", bits)
	for prefix, end := range map[string]func(*process){
		"vec:": func(p *process) { p.cmd.Process.Signal(syscall.SIGINT) },
		"every2nd:": func(p *process) { // which asks again and again
			eventually(t, "the end of a client without a server", func() bool { // between two questions it notices nothing
				c.mustReply(t, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
				return p.hasExited()
			})
		},
	} {
		p := startProcess(t, exec.Command(binary, "export", "--addr", s.addr, "--prefix", prefix, "--format", "ids", link))
		eventually(t, "a part of the file", func() bool {
			parts, _ := filepath.Glob(path + ".*.tmp")
			if len(parts) != 1 {
				return false
			}
			info, err := os.Stat(parts[0])
			return err == nil && info.Size() > 1<<20
		})
		end(p)
		var most int64
		eventually(t, "the end of the export", func() bool {
			if parts, _ := filepath.Glob(path + ".*.tmp"); len(parts) == 1 {
				if info, err := os.Stat(parts[0]); err == nil {
					most = max(most, info.Size())
				}
			}
			return p.hasExited()
		})
		if most > 2_000_000_000 {
			t.Errorf("%s: %d bytes were written before the end came", prefix, most)
		}
		if code := p.waitExit(t); code != 1 || !isOneComplaint(withoutHeadway(p.log.String())) {
			t.Errorf("%d: %s", code, p.log.String())
		}
		text, err := os.ReadFile(path)
		entries, _ := os.ReadDir(dir)
		if err != nil || string(text) != "before\n" || len(entries) != 2 {
			t.Errorf("the file has %.20q, %v, and there are %v", text, err, entries)
		}
	}
	mustFile(t, s, "export", "vec:", "ranges", link)
	if text, err := os.ReadFile(path); err != nil || string(text) != "0-299999999\n" {
		t.Errorf("%.40q, %v", text, err)
	}
}

// TestFiles_OfRedis: a Redis server takes the string and finds the bits, and what it made is taken from it; keys as
// redis-benchmark writes them, and as memtier_benchmark does, come in from the list that redis-cli makes.
func TestFiles_OfRedis(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	s, store, dir := startServer(t), startRedis(t), t.TempDir()
	c, redis := connect(t, s.addr), connect(t, store.addr)
	port := store.addr[strings.LastIndexByte(store.addr, ':')+1:]
	c.mustDo(t, "PT.ADDRANGE vec: 100 90000", integer(89_900))
	c.mustDo(t, "PT.ADD vec: 0 3 100001", integer(3))
	shell := func(script string) {
		t.Helper()
		script = strings.NewReplacer("CLI", "redis-cli -p "+port, "PT", binary, "AT", "--addr "+s.addr).Replace(script)
		cmd := exec.Command("/bin/sh", "-e", "-c", script)
		cmd.Dir = dir
		if output, code := runCommand(t, cmd); code != 0 {
			t.Fatalf("%s\nexited with %d: %s", script, code, output)
		}
	}
	shell("PT export AT --prefix vec: --format redis-bitmap bits && CLI -x SET bits <bits")
	redis.mustDo(t, "BITCOUNT bits", integer(89_903))
	for id, bit := range map[int]int{0: 1, 1: 0, 3: 1, 99: 0, 100: 1, 89_999: 1, 90_000: 0, 100_001: 1} {
		redis.mustDo(t, "GETBIT bits "+strconv.Itoa(id), integer(bit))
	}
	redis.mustDo(t, "SETBIT made 7 1", integer(0))
	redis.mustDo(t, "SETBIT made 1000003 1", integer(0))
	if err := os.WriteFile(filepath.Join(dir, "made"), []byte(redis.mustReply(t, "GET", "made").text), 0o600); err != nil {
		t.Fatal(err)
	}
	shell("PT import AT --prefix made: --format redis-bitmap made")
	c.mustDo(t, "PT.SCAN made: 0", array(bulk("0"), array(integer(7), integer(1_000_003))))

	redis.mustDo(t, "FLUSHALL", simple("OK"))
	if output, code := run(t, "redis-benchmark", "-p", port, "-q", "-t", "set", "-r", "5000", "-n", "5000", "-P", "16"); code != 0 {
		t.Fatal(output)
	}
	for _, key := range []string{"memtier-1", "memtier-10000000", "memtier-77"} {
		redis.mustDo(t, "SET "+key+" x", simple("OK"))
	}
	c.mustDo(t, "PT.CREATE key: WIDTH 12", simple("OK"))
	shell("CLI --scan --pattern 'key:*' | PT import AT --prefix key: --format keys")
	c.mustDo(t, "PT.CREATE memtier- WIDTH 0", simple("OK"))
	shell("CLI --scan --pattern 'memtier-*' | PT import AT --prefix memtier- --format keys")
	keys := atoi(t, redis.mustReply(t, "DBSIZE").text) - 3
	c.mustDo(t, "PT.COUNT key:", integer(keys))
	c.mustDo(t, "PT.SCAN memtier- 0", array(bulk("0"), array(integer(1), integer(77), integer(10_000_000))))
	first := c.mustReply(t, "PT.SCAN", "key:", "0", "COUNT", "1", "KEYS").items[1].items[0].text
	redis.mustDo(t, "EXISTS "+first, integer(1))
	c.mustDo(t, "PT.FORMAT memtier- 77", array(bulk("memtier-77")))
}
