package integration_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// mapOf is the counts of a PT.MAP and their sum.
func mapOf(t *testing.T, c *client, line string) (counts []int, sum int) {
	t.Helper()
	for _, item := range c.mustReply(t, words("PT.MAP "+line)...).items {
		n := atoi(t, item.text)
		counts = append(counts, n)
		sum += n
	}
	return counts, sum
}

// TestMap_KnownPatterns: a picture of what anybody can count.
func TestMap_KnownPatterns(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	c := connect(t, s.addr)
	const bound, cells = 1 << 22, 64
	each := bound / cells
	for _, p := range []struct {
		name string
		fill func()
		want func(cell int) int
	}{
		{"empty:", func() {}, func(int) int { return 0 }},
		{"full:", func() { c.mustReply(t, "PT.ADDRANGE", "full:", "0", fmt.Sprint(bound)) }, func(int) int { return each }},
		{"clustered:", func() {
			c.mustReply(t, "PT.ADDRANGE", "clustered:", fmt.Sprint(10*each+5), fmt.Sprint(20*each+7))
		}, func(cell int) int {
			switch {
			case cell == 10:
				return each - 5
			case cell == 20:
				return 7
			case cell > 10 && cell < 20:
				return each
			}
			return 0
		}},
		{"sparse:", func() {
			pipelined(t, c, bound/1000+1, func(i int) []string { return []string{"PT.ADD", "sparse:", fmt.Sprint(i * 1000)} })
		}, func(cell int) int { return ((cell+1)*each+999)/1000 - (cell*each+999)/1000 }},
		{"alternating:", func() {
			pipelined(t, c, 128, func(i int) []string {
				line := []string{"PT.ADD", "alternating:"}
				for j := range bound / 2 / 128 {
					line = append(line, fmt.Sprint(2*(i*bound/2/128+j)))
				}
				return line
			})
		}, func(int) int { return each / 2 }},
	} {
		c.mustDo(t, fmt.Sprintf("PT.CREATE %s MAXID %d", p.name, bound), simple("OK"))
		p.fill()
		var want []int
		for cell := range cells {
			want = append(want, p.want(cell))
		}
		if got, sum := mapOf(t, c, p.name); !slices.Equal(got, want) || integer(sum) != c.mustReply(t, "PT.COUNT", p.name).raw {
			t.Errorf("%s: %d in all, %v\nwant %v", p.name, sum, got, want)
		}
	}

	// What is counted in turns, with holes in it.
	const large = 1 << 26
	c.mustReply(t, "PT.ADDRANGE", "large:", "0", fmt.Sprint(large))
	var want []int
	for cell := range cells {
		want = append(want, large/cells)
		if cell%2 == 1 {
			from := cell*large/cells + 3
			c.mustReply(t, "PT.REMRANGE", "large:", fmt.Sprint(from), fmt.Sprint(from+1000*cell))
			want[cell] -= 1000 * cell
		}
	}
	if got, _ := mapOf(t, c, "large:"); !slices.Equal(got, want) {
		t.Errorf("in turns: %v\nwant %v", got, want)
	}
}

// TestMap_BesideChanges: no map has an ID that was never there, none lacks one that always was, and
// when all is quiet it adds up to the count.
func TestMap_BesideChanges(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	const stays, bound = 300_000, 1_000_000
	c.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", bound), simple("OK"))
	c.mustReply(t, "PT.ADDRANGE", "vec:", "0", fmt.Sprint(stays))
	var workers sync.WaitGroup
	for range 4 {
		worker := connect(t, s.addr)
		workers.Go(func() {
			for i := range 40 {
				for _, line := range []string{fmt.Sprintf("PT.CLAIMNEXT vec: COUNT %d", 1+2477*i), fmt.Sprintf("PT.TAKENEXT vec: RANGE %d %d COUNT 1000", stays, bound), fmt.Sprintf("PT.REMRANGE vec: %d %d", stays+i*12000, bound)} {
					if _, err := worker.do(words(line)...); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	quiet := make(chan struct{})
	go func() {
		workers.Wait()
		close(quiet)
	}()
	for maps := 0; ; maps++ {
		select {
		case <-quiet:
			if _, sum := mapOf(t, c, "vec: CELLS 7"); integer(sum) != c.mustReply(t, "PT.COUNT", "vec:").raw {
				t.Errorf("all is quiet, and the map has %d IDs, want %s", sum, c.mustReply(t, "PT.COUNT", "vec:").raw)
			}
			t.Logf("%d maps beside changes", maps)
			return
		default:
		}
		counts, _ := mapOf(t, c, "vec: CELLS 100")
		for cell, n := range counts {
			if most := bound / 100; n > most || cell < stays/most && n != most {
				t.Errorf("%d IDs in cell %d, which has at most %d", n, cell, most)
			}
		}
	}
}

// TestMap_GraphFitsIntoATerminal: whatever the IDs are, redis-cli's number in front included.
func TestMap_GraphFitsIntoATerminal(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	c := connect(t, s.addr)
	for _, line := range []string{
		"PT.ADD far: 281474976710655", "PT.ADDRANGE full: 0 1000000", "PT.ADD few: 3", "PT.CREATE long: MAXID 1000000000000", "PT.ADDRANGE long: 0 70000000",
	} {
		c.mustReply(t, words(line)...)
	}
	for _, line := range []string{
		"far: GRAPH", "full: GRAPH", "few: GRAPH", "long: GRAPH", "none: GRAPH", "far: RANGE 281474976700000 281474976710656 GRAPH", "full: CELLS 7 GRAPH", "full: CELLS 65536 GRAPH",
	} {
		lines := c.mustReply(t, words("PT.MAP "+line)...).items
		cells := 0
		for i, l := range lines {
			if l.kind != '+' {
				t.Errorf("%s: line %d is %q, want a simple string", line, i, l.raw)
			}
			if columns := len(fmt.Sprint(len(lines))) + len(") ") + utf8.RuneCountInString(l.text); columns > 80 {
				t.Errorf("%s: line %d has %d columns: %s", line, i, columns, l.text)
			}
			if parts := strings.Split(l.text, "|"); len(parts) == 3 {
				cells += utf8.RuneCountInString(parts[1])
			}
		}
		if want := len(lines) - 2; cells > want*50 || cells <= (want-1)*50 {
			t.Errorf("%s: %d cells in %d rows", line, cells, want)
		}
	}
}
