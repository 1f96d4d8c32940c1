package commands

import (
	"fmt"
	"strings"
	"testing"
)

func TestScanRandom_VisitsEachOnceInAnOrderOfTheSeed(t *testing.T) {
	x := newServer(t, 0)
	do(x, "PT.ADDRANGE v: 100 20100")
	order := func(seed int) (all []string) {
		cursor := "0"
		for {
			reply := strings.Fields(strings.ReplaceAll(do(x, fmt.Sprintf("PT.SCAN v: %s RANGE 0 40000 RANDOM %d COUNT 1000", cursor, seed)), "\r\n", " "))
			cursor = reply[2]
			all = append(all, reply[4:]...)
			if cursor == "0" {
				return all
			}
		}
	}
	one, again, two := order(1), order(1), order(2)
	if strings.Join(one, "") != strings.Join(again, "") || strings.Join(one, "") == strings.Join(two, "") {
		t.Error("the seed does not fix the order")
	}
	seen := map[string]bool{}
	for _, id := range one {
		if seen[id] {
			t.Fatalf("%s twice", id)
		}
		seen[id] = true
	}
	if len(seen) != 20_000 {
		t.Errorf("%d IDs of 20,000", len(seen))
	}
}
