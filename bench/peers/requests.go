//go:build linux

package main

import (
	"fmt"

	"github.com/prefixtracker/prefixtracker/load"
)

// The kinds of reply that the rows expect, as RESP's first byte.
const (
	integerReply = ':'
	arrayReply   = '*'
)

// requests sends one command again and again, with other random IDs. The first reply that is not as expected is its
// last: what a server does that does something else is not measured.
type requests struct {
	command []string
	batch   template // of as many requests as a client sends at once
	length  int      // of one request
	random  xorshift
	want    byte
	broken  bool
}

func newRequests(command []string, pipeline int, want byte, seed uint64) *requests {
	batch := newTemplate(command, pipeline)
	return &requests{command: command, batch: batch, length: len(batch.bytes) / pipeline, random: xorshift(seed), want: want}
}

func (s *requests) Fill(dst []byte, reqs []load.Request) ([]byte, int, load.State) {
	if s.broken {
		return dst, 0, load.Ended
	}
	for i := range reqs {
		reqs[i] = load.Request{}
	}
	return append(dst, s.batch.next(&s.random)[:len(reqs)*s.length]...), len(reqs), load.More
}

func (s *requests) Reply(_ *load.Request, r *load.Reply) (load.Outcome, string) {
	switch {
	case r.Kind == '-', r.Kind == '*' && len(r.Text) > 0:
		s.broken = true
		return load.Failed, ""
	case r.Kind != s.want, r.Null, r.Nulls > 0:
		s.broken = true
		return load.Wrong, fmt.Sprintf("a reply of kind %q without nulls is expected, and %d nulls in one of kind %q came", s.want, r.Nulls, r.Kind)
	}
	return load.Done, ""
}

// Again and Lost are not needed: a connection that breaks ends the measurement.
func (s *requests) Again(dst []byte, _ *load.Request) []byte { return dst }
func (s *requests) Lost(*load.Request) bool                  { return false }

func (s *requests) Describe(*load.Request) string { return s.command[0] }
