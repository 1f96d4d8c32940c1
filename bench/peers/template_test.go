//go:build linux

package main

import (
	"bytes"
	"regexp"
	"strconv"
	"testing"
)

func TestTemplate_IsRESP(t *testing.T) {
	got := newTemplate([]string{"PT.ADD", "p:", randomID}, 2)
	const one = "*3\r\n$6\r\nPT.ADD\r\n$2\r\np:\r\n$7\r\n0000000\r\n"
	if string(got.bytes) != one+one {
		t.Errorf("%q", got.bytes)
	}
	if len(got.ids) != 2 {
		t.Errorf("%d random IDs", len(got.ids))
	}
}

func TestTemplate_OnlyDigitsChange(t *testing.T) {
	random := xorshift(1)
	batch := newTemplate([]string{"SADD", "s", randomID, randomID}, 16)
	shape := regexp.MustCompile(`^(\*4\r\n\$4\r\nSADD\r\n\$1\r\ns\r\n(\$7\r\n[1-9][0-9]{6}\r\n){2}){16}$`)
	before := bytes.Clone(batch.bytes)
	for range 100 {
		p := batch.next(&random)
		if !shape.Match(p) {
			t.Fatalf("%q", p)
		}
		if bytes.Equal(p, before) {
			t.Fatal("the same IDs again")
		}
		before = append(before[:0], p...)
	}
}

func TestPutID(t *testing.T) {
	for _, id := range []uint64{firstID, 1_000_001, 1_234_567, 9_876_543, firstID + idCount - 1} {
		var p [idDigits]byte
		putID(&p, id)
		if string(p[:]) != strconv.FormatUint(id, 10) {
			t.Errorf("%d: %q", id, p)
		}
	}
}

func TestXorshift_CoversItsRange(t *testing.T) {
	var seen [10]int
	random := xorshift(7)
	for range 10_000 {
		seen[random.below(10)]++
	}
	for n, times := range seen {
		if times < 800 || times > 1200 {
			t.Errorf("%d came %d times of 10,000", n, times)
		}
	}
}

func BenchmarkTemplate(b *testing.B) {
	random := xorshift(1)
	batch := newTemplate([]string{"PT.ADD", key, randomID}, 128)
	for b.Loop() {
		batch.next(&random)
	}
}
