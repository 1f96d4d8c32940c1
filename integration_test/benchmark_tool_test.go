package integration_test

import (
	"strings"
	"testing"
)

// TestRedisBenchmark runs the lines of docs/using.md. redis-benchmark stops at the first error
// reply, so that every one of these outcomes must be a normal reply.
func TestRedisBenchmark(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-benchmark", "redis-tools")
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE end: MAXID 50000", simple("OK"))
	c.mustDo(t, "PT.CREATE batch: MAXID 1000", simple("OK"))
	c.mustDo(t, "PT.CREATE three: MAXID 1000", simple("OK"))

	benchmark := func(line string) {
		t.Helper()
		redisBenchmark(t, s, line)
	}

	benchmark("-n 100000 -r 1000000 -P 16 PT.ADD vec: __rand_int__")
	// 100,000 draws out of a million hit 95,163 different IDs, give or take 65.
	if n := atoi(t, c.mustReply(t, "PT.COUNT", "vec:").text); n < 94_000 || n > 96_000 {
		t.Errorf("PT.COUNT vec: is %d, want about 95163", n)
	}
	c.mustDo(t, "PT.COUNT vec: RANGE 1000000 281474976710656", integer(0))

	benchmark("-n 100000 -P 16 PT.CLAIMNEXT end:")
	c.mustDo(t, "PT.COUNT end:", integer(50_000))
	benchmark("-n 100000 -r 1000000 -P 16 PT.REM vec: __rand_int__")
	benchmark("-n 20000 -r 1000000 PT.EXISTS vec: __rand_int__")
	benchmark("-n 20000 -P 16 --threads 2 PT.CLAIMNEXT batch: COUNT 10 KEYS")
	c.mustDo(t, "PT.COUNT batch:", integer(1000))
	benchmark("-n 20000 -P 16 PT.TAKENEXT batch:")
	c.mustDo(t, "PT.COUNT batch:", integer(0))
	benchmark("-3 -n 20000 -P 16 PT.CLAIMNEXT three:")
	c.mustDo(t, "PT.COUNT three:", integer(1000))
	benchmark("-n 20000 -t ping")
	benchmark("-n 1000 --dbnum 0 PT.COUNT vec:")
}

// TestRedisBenchmarkModes runs the tool's own switches together: deep pipelines, RESP3, threads,
// PING as a line and as an array, and the commands of Redis's sets and bitmaps on a prefix.
func TestRedisBenchmarkModes(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-benchmark", "redis-tools")
	s := startServer(t)
	c := connect(t, s.addr)
	for _, switches := range []string{"", "-P 16", "-3", "-3 -P 16 --threads 2", "--threads 2 -c 200", "-P 1000 -c 4"} {
		output := redisBenchmark(t, s, "-q -n 5000 "+switches+" -t ping")
		for _, title := range []string{"PING_INLINE", "PING_MBULK"} {
			if !strings.Contains(output, title) {
				t.Errorf("redis-benchmark %s -t ping does not tell of %s:\n%s", switches, title, output)
			}
		}
	}

	// 20,000 draws out of 100,000 hit 18,127 different IDs, give or take 39.
	for _, command := range []string{"PT.ADD add: __rand_int__", "SADD set: __rand_int__", "SETBIT bits: __rand_int__ 1"} {
		prefix := words(command)[1]
		redisBenchmark(t, s, "-q -r 100000 -n 20000 -P 16 "+command)
		if n := atoi(t, c.mustReply(t, "PT.COUNT", prefix).text); n < 17_800 || n > 18_450 {
			t.Errorf("after redis-benchmark %s PT.COUNT is %d, want about 18127", command, n)
		}
		c.mustDo(t, "PT.COUNT "+prefix+" RANGE 100000 281474976710656", integer(0))
	}
	// And the other way: what is not there is not there, which is no error.
	for _, command := range []string{"SREM set: __rand_int__", "SISMEMBER set: __rand_int__", "SPOP set:", "SPOP none: 10", "SCARD set:", "SRANDMEMBER set: 5",
		"GETBIT bits: __rand_int__", "SETBIT bits: __rand_int__ 0", "BITCOUNT bits:", "BITPOS bits: 1"} {
		redisBenchmark(t, s, "-q -r 100000 -n 2000 -P 16 "+command)
	}
}

// redisBenchmark runs one line to its end: no error, no warning, and a result.
func redisBenchmark(t *testing.T, s *server, line string) string {
	t.Helper()
	output, code := run(t, "redis-benchmark", append([]string{"-p", s.port}, strings.Fields(line)...)...)
	if code != 0 || !strings.Contains(output, "requests per second") {
		t.Fatalf("redis-benchmark %s exited with %d and printed\n%s", line, code, output)
	}
	for _, complaint := range []string{"Error", "ERR", "WARN", "Warn"} {
		if strings.Contains(output, complaint) {
			t.Errorf("redis-benchmark %s complains:\n%s", line, output)
		}
	}
	return output
}
