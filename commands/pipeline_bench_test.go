package commands

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// BenchmarkPipeline is a request's way from the bytes of a batch to those of
// its reply, without the kernel: the framer, the dispatch, the command.
func BenchmarkPipeline(b *testing.B) {
	const batches, depth = 64, 128
	for _, command := range []string{"PT.ADD", "PT.EXISTS", "PT.CLAIMNEXT", "PT.COUNT"} {
		b.Run(command, func(b *testing.B) {
			x := newServer(b, 0)
			do(x, "PT.RESERVE vec: 10000000")
			random := rand.New(rand.NewPCG(1, 2))
			var input [batches][]byte
			for i := range input {
				for range depth {
					if command == "PT.ADD" || command == "PT.EXISTS" {
						input[i] = fmt.Appendf(input[i], "*3\r\n$%d\r\n%s\r\n$4\r\nvec:\r\n$7\r\n%07d\r\n", len(command), command, random.IntN(10_000_000))
					} else {
						input[i] = fmt.Appendf(input[i], "*2\r\n$%d\r\n%s\r\n$4\r\nvec:\r\n", len(command), command)
					}
				}
			}
			c, session := x.connect(io.Discard)
			var f resp.Framer
			f.Init(resp.DefaultLimits(), nil)
			b.ReportAllocs()
			requests := 0
			for b.Loop() {
				f.Feed(input[requests/depth%batches])
				for {
					args, err := f.Next()
					if err != nil {
						b.Fatal(err)
					}
					if args == nil {
						break
					}
					session.Serve(args)
				}
				session.EndBatch()
				if err := c.Flush(); err != nil {
					b.Fatal(err)
				}
				requests += depth
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(requests), "ns/request")
		})
	}
}

// BenchmarkManyIDs is the way of commands about a thousand IDs, per ID.
func BenchmarkManyIDs(b *testing.B) {
	const ids = 1000
	random := rand.New(rand.NewPCG(1, 2))
	for name, line := range map[string]func() string{
		"ADD":            func() string { return "PT.ADD vec:" + randomIDs(random, ids) },
		"MEXISTS":        func() string { return "PT.MEXISTS half:" + randomIDs(random, ids) },
		"SCAN":           func() string { return fmt.Sprint("PT.SCAN half: ", random.IntN(9_000_000), " COUNT 1000") },
		"SCAN/KEYS":      func() string { return fmt.Sprint("PT.SCAN half: ", random.IntN(9_000_000), " COUNT 1000 KEYS") },
		"SCAN/dense":     func() string { return fmt.Sprint("PT.SCAN all: ", random.IntN(9_000_000), " COUNT 1000") },
		"SCAN/RUNS":      func() string { return fmt.Sprint("PT.SCAN half: ", random.IntN(9_000_000), " COUNT 1000 RUNS") },
		"CLAIMNEXT":      func() string { return "PT.CLAIMNEXT next: COUNT 1000" },
		"CLAIMNEXT/RUNS": func() string { return "PT.CLAIMNEXT next: COUNT 1000 RUNS" },
	} {
		b.Run(name, func(b *testing.B) {
			x := newServer(b, 0)
			do(x, "PT.RESERVE vec: 10000000")
			do(x, "PT.ADDRANGE all: 0 10000000")
			do(x, "PT.RESERVE half: 10000000")
			half, _ := x.registry.GetOrCreate("half:")
			for id := range uint64(10_000_000) {
				if random.Uint64()&1 == 0 {
					half.Add(id)
				}
			}
			var lines [64][][]byte
			for i := range lines {
				lines[i] = words(line())
			}
			c, session := x.connect(io.Discard)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				session.Serve(lines[n%len(lines)])
				if err := c.Flush(); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*ids), "ns/ID")
		})
	}
}

func randomIDs(random *rand.Rand, n int) string {
	var line []byte
	for range n {
		line = fmt.Appendf(line, " %07d", random.IntN(10_000_000))
	}
	return string(line)
}
