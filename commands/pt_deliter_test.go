package commands

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Without NEXT a delete iterator ends when its time is over; NEXT begins it
// again.
func TestDelIter_EndsWithItsTime(t *testing.T) {
	synctest.Test(t, testDelIterTime)
}

func testDelIterTime(t *testing.T) {
	x := newServer(t, 0)
	open := func(line string) string {
		parts := strings.Split(do(x, line), "\r\n")
		if len(parts) < 2 || parts[0] != "$26" {
			t.Fatalf("%s: %q", line, parts)
		}
		return parts[1]
	}
	do(x, "PT.ADD v: 1 2 3 500 501")
	token := open("PT.DELITER OPEN v: RANGE 0 100 TTL 5000")
	time.Sleep(4 * time.Second)
	if got := do(x, "PT.DELITER NEXT "+token+" COUNT 2"); got != "*2\r\n:1\r\n:2\r\n" {
		t.Errorf("%q", got)
	}
	time.Sleep(4 * time.Second)
	if got := do(x, "PT.DELITER NEXT "+token); got != ":3\r\n" {
		t.Errorf("%q", got)
	}
	time.Sleep(6 * time.Second)
	if got := do(x, "PT.DELITER NEXT "+token); got != "-NOTOKEN no such delete iterator\r\n" {
		t.Errorf("after its time: %q", got)
	}
	open("PT.DELITER OPEN v:")
}
