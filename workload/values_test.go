package workload

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

func valueOf(v *Values, id uint64, length int) []byte {
	return v.appendValue(nil, id, length, v.secret(length))
}

var lengths = []int{0, 1, 2, 7, 8, 9, 100, 512, textLength - 1, textLength, textLength + 8, textLength + 9, 3*textLength + 17}

func TestValues_AreWhatIsAskedFor(t *testing.T) {
	v := NewValues(1, Size{})
	for _, n := range lengths {
		for _, id := range []uint64{0, 1, 63, 64, 12345, 1<<32 + 7, MaxIDs - 1} {
			body := valueOf(v, id, n)
			if len(body) != n {
				t.Fatalf("a value of %d bytes has %d", n, len(body))
			}
			for _, c := range body {
				if bytes.IndexByte([]byte(letters), c) < 0 {
					t.Fatalf("%q in a value", c)
				}
			}
			if !v.Is(body, id) {
				t.Fatalf("the value of %d in %d bytes is not told", id, n)
			}
		}
	}
}

// Of one length, values of different IDs differ where there are letters enough to tell them apart.
func TestValues_AreUnlike(t *testing.T) {
	v := NewValues(7, Size{})
	for n, ids := range map[int]uint64{1: 64, 2: 4096, 3: 1 << 18, 8: 1 << 18, 100: 1 << 16} {
		seen := make(map[string]uint64, ids)
		for id := range ids {
			body := string(valueOf(v, id, n))
			if other, twice := seen[body]; twice {
				t.Fatalf("%d and %d have the same value of %d bytes", id, other, n)
			}
			seen[body] = id
		}
	}
	random := stream(3)
	for range 100_000 {
		id, other := random.next()%MaxIDs, random.next()%MaxIDs
		if id != other && v.Is(valueOf(v, other, 8), id) {
			t.Fatalf("%d is taken for %d", other, id)
		}
	}
	for id := range uint64(1000) { // neighbours, also in high bits
		for bit := range 48 {
			if v.Is(valueOf(v, id^1<<bit, 64), id) {
				t.Fatalf("%d is taken for %d", id^1<<bit, id)
			}
		}
	}
}

// What is not the value, whole, with the right seed, is wrong: one byte is enough.
func TestValues_TellWhatIsWrong(t *testing.T) {
	v := NewValues(1, Size{})
	for _, n := range lengths[4:] {
		const id = 4711
		body := valueOf(v, id, n)
		if NewValues(2, Size{}).Is(body, id) {
			t.Errorf("%d bytes of another seed", n)
		}
		if n > stampLetters && v.Is(body[:n-1], id) || v.Is(append(bytes.Clone(body), 'A'), id) {
			t.Errorf("%d bytes, cut or longer", n)
		}
		for at := 0; at < n; at += max(1, n/1000) {
			wrong := bytes.Clone(body)
			wrong[at] ^= 1
			if v.Is(wrong, id) {
				t.Fatalf("byte %d of %d is another one", at, n)
			}
		}
		wrong := bytes.Clone(body)
		wrong[n-1] ^= 1
		if v.Is(wrong, id) {
			t.Fatalf("the last byte of %d is another one", n)
		}
	}
}

// A value is the same in every version of this program: stores live longer than it.
func TestValues_StayTheSame(t *testing.T) {
	if got := string(valueOf(NewValues(1, Size{}), 42, 40)); got != "2cW7chUPuY7jXn6jYRBMRyB_UE6CJjtXQa5umREO" {
		t.Errorf("%s", got)
	}
}

func TestValues_SizeIsOfTheID(t *testing.T) {
	v, size := NewValues(1, Size{}), Size{100, 199}
	var times [200]int
	for id := range uint64(100_000) {
		n := v.sizeOf(id, size)
		if n < size.Min || n > size.Max || n != v.sizeOf(id, size) {
			t.Fatalf("%d bytes", n)
		}
		times[n]++
	}
	for n := size.Min; n <= size.Max; n++ {
		if times[n] < 800 || times[n] > 1200 {
			t.Errorf("%d of 100,000 have %d bytes, not about 1000", times[n], n)
		}
	}
}

func TestValues_VectorsAreVectors(t *testing.T) {
	v := NewValues(1, Size{})
	seen := make(map[string]bool)
	var sum, squares float64
	const dimensions = 127
	for id := range uint64(1000) {
		body := v.appendVector(nil, id, dimensions)
		if len(body) != 4*dimensions || seen[string(body)] {
			t.Fatalf("%d bytes, or the same again", len(body))
		}
		seen[string(body)] = true
		for ; len(body) > 0; body = body[4:] {
			x := float64(math.Float32frombits(binary.LittleEndian.Uint32(body)))
			if !(x >= -1 && x < 1) {
				t.Fatalf("%g", x)
			}
			sum += x
			squares += x * x
		}
	}
	mean, variance := sum/(1000*dimensions), squares/(1000*dimensions)
	if math.Abs(mean) > 0.01 || math.Abs(variance-1.0/3) > 0.01 {
		t.Errorf("mean %g, variance %g: not even from -1 to 1", mean, variance)
	}
}
