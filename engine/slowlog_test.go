package engine

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// The log has a length and a number of bytes; the oldest entries give way to either.
func TestSlowLog_IsBounded(t *testing.T) {
	l := NewSlowLog()
	l.SetLength(MaxSlowLen)
	long := slices.Repeat([][]byte{bytes.Repeat([]byte("x"), 1000)}, 100)
	name := strings.Repeat("n", 1000)
	const n = 5000
	for range n {
		l.add(long, 1, "127.0.0.1:1", name)
	}
	held := 0
	for i, e := range l.Latest(n) {
		held += e.Bytes()
		if e.ID != int64(n-1-i) {
			t.Fatalf("entry %d is number %d", i, e.ID)
		}
	}
	if held != l.bytes || held > maxSlowBytes || held < maxSlowBytes-10_000 {
		t.Errorf("%d entries have %d bytes, %d are noted", l.Len(), held, l.bytes)
	}
	l.Reset()
	l.add(long, 1, "", "")
	if got := l.Latest(10); len(got) != 1 || l.bytes != got[0].Bytes() {
		t.Errorf("after Reset %d entries have %d bytes", len(got), l.bytes)
	}
	short := [][]byte{[]byte("PING")}
	for range 100 {
		l.add(short, 1, "", "")
	}
	l.SetLength(10)
	if got := l.Latest(100); len(got) != 10 || got[0].ID != n+100 || got[9].ID != n+91 || l.bytes != 10*got[0].Bytes() {
		t.Errorf("%d entries, %d bytes", len(got), l.bytes)
	}
	most := 5 * l.Latest(1)[0].Bytes()
	l.Within(int64(most + 1))
	for range 10 {
		l.add(short, 1, "", "")
		if l.Len() != 5 || l.bytes != most {
			t.Errorf("within %d bytes there are %d entries of %d", most+1, l.Len(), l.bytes)
		}
	}
	l.SetLength(0)
	l.add(short, 1, "", "")
	if l.Len() != 0 || l.bytes != 0 {
		t.Errorf("a log of no entry has %d of %d bytes", l.Len(), l.bytes)
	}
}
