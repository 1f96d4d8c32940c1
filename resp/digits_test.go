package resp

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestAppendInt(t *testing.T) {
	check := func(n int64) {
		want := "x" + strconv.FormatInt(n, 10)
		for _, room := range []int{1, 64} {
			if got := string(appendInt(append(make([]byte, 0, room), 'x'), n)); got != want {
				t.Fatalf("%d in a buffer of %d: %q", n, room, got)
			}
		}
	}
	for power := int64(1); power > 0 && power < math.MaxInt64/10; power *= 10 {
		for _, n := range []int64{power - 1, power, power + 1, 9*power + power - 1} {
			check(n)
			check(-n)
		}
	}
	for shift := range 63 {
		for range 100 {
			check(rand.Int64N(math.MaxInt64) >> shift)
		}
	}
	check(math.MaxInt64)
	check(math.MinInt64)
}

func BenchmarkAppendInt(b *testing.B) {
	var buf [64]byte
	for _, n := range []int64{1, 1234567, 123456789012} {
		b.Run(strconv.FormatInt(n, 10), func(b *testing.B) {
			for b.Loop() {
				appendInt(buf[:0], n)
			}
		})
		b.Run(strconv.FormatInt(n, 10)+"/strconv", func(b *testing.B) {
			for b.Loop() {
				strconv.AppendInt(buf[:0], n, 10)
			}
		})
	}
}
