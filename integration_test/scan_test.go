package integration_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// scanAll runs a whole pass; the command line has %s in place of the cursor.
func scanAll(t *testing.T, c *client, line string) []string {
	t.Helper()
	var all []string
	// A page may be empty, but each must advance: a million pages mean a cursor that runs in circles.
	cursor := "0"
	for range 1_000_000 {
		page := c.mustReply(t, words(strings.Replace(line, "%s", cursor, 1))...)
		if page.kind != '*' || len(page.items) != 2 || page.items[0].kind != '$' {
			t.Fatalf("%s with cursor %s replied %.200q", line, cursor, page.raw)
		}
		for _, item := range page.items[1].items {
			if item.items != nil {
				all = append(all, strings.Join(item.texts(), "+"))
				continue
			}
			all = append(all, item.text)
		}
		if cursor = page.items[0].text; cursor == "0" {
			return all
		}
		if n, err := strconv.ParseUint(cursor, 10, 64); err != nil || n >= 1<<53 {
			t.Fatalf("%s gave the cursor %q", line, cursor)
		}
	}
	t.Fatalf("%s never ends", line)
	return nil
}

func TestScanPasses(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.CREATE vec: MAXID 1000 TAG abc", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE vec: 100 200", integer(100))
	c.mustDo(t, "PT.ADD vec: 0 63 64 500 999", integer(5))
	c.mustDo(t, "PT.ADD far: 5 281474976710655", integer(2))

	set := slices.Concat(numbers(0, 1), numbers(63, 65), numbers(100, 200), numbers(500, 501), numbers(999, 1000))
	unset := slices.Concat(numbers(1, 63), numbers(65, 100), numbers(200, 500), numbers(501, 999))
	for _, test := range []struct {
		line string
		want []string
	}{
		{"PT.SCAN vec: %s", set},
		{"PT.SCAN vec: %s SET COUNT 1", set},
		{"PT.SCAN vec: %s SET COUNT 7", set},
		{"pt.scan vec: %s count 65536 set", set},
		{"PT.SCAN vec: %s UNSET COUNT 9", unset},
		{"PT.SCAN vec: %s ALL COUNT 50", numbers(0, 1000)},
		{"PT.SCAN vec: %s RANGE 150 600 COUNT 13", append(numbers(150, 200), "500")},
		{"PT.SCAN vec: %s COUNT 13 UNSET RANGE 150 205", numbers(200, 205)},
		{"PT.SCAN vec: %s ALL RANGE 998 5000", numbers(998, 1000)},
		{"PT.SCAN vec: %s RANGE 600 600", nil},
		{"PT.SCAN vec: %s RANGE 700 600", nil},
		{"PT.SCAN vec: %s PARTITION 0 10", append(numbers(0, 1), "63", "64")},
		{"PT.SCAN vec: %s UNSET PARTITION 9 10 COUNT 8", numbers(900, 999)},
		{"PT.SCAN vec: %s ALL RANGE 100 110 PARTITION 1 3 COUNT 2", numbers(104, 108)},
		{"PT.SCAN vec: %s RUNS COUNT 65536", []string{"0+1", "63+2", "100+100", "500+1", "999+1"}},
		{"PT.SCAN vec: %s UNSET RUNS RANGE 50 300 COUNT 65536", []string{"50+13", "65+35", "200+100"}},
		{"PT.SCAN vec: %s RUNS COUNT 1", []string{"0+1", "63+2", "100+100", "500+1", "999+1"}},
		{"PT.SCAN vec: %s UNSET COUNT 2 RUNS", []string{"1+62", "65+35", "200+300", "501+498"}},
		{"PT.SCAN vec: %s ALL RUNS COUNT 1", []string{"0+1000"}},
		{"PT.SCAN vec: %s RUNS COUNT 1 PARTITION 1 7", []string{"143+57"}},
		{"PT.SCAN vec: %s RUNS RANGE 64 150 COUNT 1", []string{"64+1", "100+50"}},
		{"PT.SCAN vec: %s RUNS RANDOM 7 RANGE 100 102 COUNT 1", []string{"100+1", "101+1"}},
		{"PT.SCAN far: %s UNSET RUNS RANGE 0 281474976710656 COUNT 1", []string{"0+5", "6+281474976710649"}},
		{"PT.SCAN vec: %s KEYS RANGE 499 502", []string{"vec:{abc}:000000000500"}},
		{"PT.SCAN far: %s", []string{"5", "281474976710655"}},
		{"PT.SCAN far: %s UNSET RANGE 281474976710654 281474976710656", []string{"281474976710654"}},
		{"PT.SCAN missing: %s", nil},
	} {
		t.Run(test.line, func(t *testing.T) {
			if got := scanAll(t, c, test.line); !slices.Equal(got, test.want) {
				t.Fatalf("got %v\nwant %v", got, test.want)
			}
		})
	}
}

// TestScanPartitionsCoverTheSpace scans every partition of many totals, more partitions than
// IDs among them: together they hold each ID once.
func TestScanPartitionsCoverTheSpace(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.CREATE vec: MAXID 130", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE vec: 0 130", integer(130))
	for _, total := range []int{1, 2, 3, 7, 64, 129, 130, 131, 200} {
		var all []string
		for i := range total {
			all = append(all, scanAll(t, c, fmt.Sprintf("PT.SCAN vec: %%s COUNT 10 PARTITION %d %d", i, total))...)
		}
		if !slices.Equal(all, numbers(0, 130)) {
			t.Fatalf("%d partitions hold %v", total, all)
		}
	}
}

// TestScanBesideChanges holds the promise: an ID that stays is returned exactly once, one that
// stays away never, while others come and go around them. The pass hops between connections,
// for the server keeps no state.
func TestScanBesideChanges(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	const space = 30_000 // id%3: 0 stays set, 1 stays free, 2 changes
	admin := connect(t, s.addr)
	for id := 0; id < space; id += 3 {
		admin.send("PT.ADD", "vec:", strconv.Itoa(id))
	}
	for id := 0; id < space; id += 3 {
		if _, err := admin.receive(); err != nil {
			t.Fatal(err)
		}
	}

	const passes, changers = 6, 3
	done := make(chan struct{})
	withConnections(t, changers+1, s.addr, func(worker int, c *client) error {
		if worker == changers {
			defer close(done)
			return scanWhileChanging(s.addr, passes, space)
		}
		for i := 0; ; i++ {
			select {
			case <-done:
				return nil
			default:
			}
			command := []string{"PT.ADD", "PT.REM"}[i%2]
			args := []string{command, "vec:"}
			for id := 3*(i/2%100) + 2; id < space; id += 300 {
				args = append(args, strconv.Itoa(id))
			}
			if _, err := c.do(args...); err != nil {
				return err
			}
		}
	})
}

func scanWhileChanging(addr string, passes, space int) error {
	var hops [2]*client
	for i := range hops {
		c, err := dial(addr)
		if err != nil {
			return err
		}
		defer c.close()
		hops[i] = c
	}
	for pass := range passes {
		filter, stays, away := "SET", uint64(0), uint64(1)
		if pass%2 == 1 {
			filter, stays, away = "UNSET", 1, 0
		}
		seen := newIDSet(space)
		cursor := "0"
		for hop := 0; ; hop++ {
			page, err := hops[hop%2].do("PT.SCAN", "vec:", cursor, filter, "RANGE", "0", strconv.Itoa(space), "COUNT", "700")
			if err != nil {
				return err
			}
			if len(page.items) != 2 {
				return fmt.Errorf("PT.SCAN replied %.200q", page.raw)
			}
			if err := seen.addAll(page.items[1].texts()); err != nil {
				return err
			}
			if cursor = page.items[0].text; cursor == "0" {
				break
			}
		}
		for id := range uint64(space) {
			if id%3 == stays && !seen.has(id) {
				return fmt.Errorf("pass %d: id %d stayed %s and was not returned", pass, id, filter)
			}
			if id%3 == away && seen.has(id) {
				return fmt.Errorf("pass %d: id %d was never %s and was returned", pass, id, filter)
			}
		}
	}
	return nil
}

func numbers(first, end int) []string {
	var all []string
	for n := first; n < end; n++ {
		all = append(all, strconv.Itoa(n))
	}
	return all
}
