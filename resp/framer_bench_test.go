package resp

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// command is args as clients send them.
func command(args ...string) []byte {
	b := fmt.Appendf(nil, "*%d\r\n", len(args))
	for _, arg := range args {
		b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(arg), arg)
	}
	return b
}

// pipeline is n commands PT.ADD with ids IDs each.
func pipeline(n, ids int) (in []byte) {
	for i := range n {
		args := []string{"PT.ADD", "users"}
		for j := range ids {
			args = append(args, fmt.Sprint(1_000_000+7919*(i*ids+j)%9_000_000))
		}
		in = append(in, command(args...)...)
	}
	return in
}

// take feeds p and returns the number of commands that come out.
func take(tb testing.TB, f *Framer, p []byte) (n int) {
	f.Feed(p)
	for {
		args, err := f.Next()
		if err != nil {
			tb.Fatal(err)
		}
		if args == nil {
			return n
		}
		n++
	}
}

func BenchmarkFramer(b *testing.B) {
	ping := bytes.Repeat([]byte("PING\r\n"), 128)
	for _, c := range []struct {
		name     string
		in       []byte
		pieces   int // bytes of a piece, 0 for all
		commands int
	}{
		{"args=3/pipeline=128", pipeline(128, 1), 0, 128},
		{"args=3/pipeline=128/unaligned", append(pipeline(128, 1)[7:], pipeline(1, 1)[:7]...), 0, 128},
		{"args=3/pipeline=1", pipeline(1, 1), 0, 1},
		{"args=3/pipeline=1/halves", pipeline(1, 1), 20, 1},
		{"args=102/pipeline=8", pipeline(8, 100), 0, 8},
		{"inline/pipeline=128", ping, 0, 128},
		{"args=262144/pieces=1024", pipeline(1, 1<<18-2), 1024, 1},
		{"args=1048576/pieces=1024", pipeline(1, 1<<20-2), 1024, 1},
		{"bulk=16777216/pieces=65536", command("ECHO", strings.Repeat("x", 16<<20)), 64 << 10, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			var f Framer
			f.Init(DefaultLimits(), NewQueryMemory(0))
			if strings.HasSuffix(c.name, "unaligned") {
				take(b, &f, pipeline(1, 1)[:7])
			}
			if c.pieces == 0 {
				c.pieces = len(c.in)
			}
			b.SetBytes(int64(len(c.in)))
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for rest := c.in; len(rest) > 0; rest = rest[min(c.pieces, len(rest)):] {
					n += take(b, &f, rest[:min(c.pieces, len(rest))])
				}
				if n != c.commands {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*c.commands), "ns/command")
		})
	}
}
