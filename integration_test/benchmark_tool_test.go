package integration_test

import (
	"strings"
	"testing"
)

// TestRedisBenchmark runs the lines of the README. redis-benchmark stops at the first error
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
		output, code := run(t, "redis-benchmark", append([]string{"-p", s.port}, strings.Fields(line)...)...)
		if code != 0 || !strings.Contains(output, "requests per second") {
			t.Fatalf("redis-benchmark %s exited with %d and printed\n%s", line, code, output)
		}
		for _, complaint := range []string{"Error", "ERR", "WARN", "Warn"} {
			if strings.Contains(output, complaint) {
				t.Errorf("redis-benchmark %s complains:\n%s", line, output)
			}
		}
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
