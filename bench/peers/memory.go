//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// memoryRow is what -rows is matched with for the memory table.
const memoryRow = "memory for 100 M dense IDs"

const (
	denseIDs = 100_000_000
	// A Redis SET of all of them would take several GB. One with 1/128 of them
	// has a hash table of 1/128 of the size, filled to the same part, so its
	// bytes per member are the same. Members are spread over the same numbers,
	// for the same number of digits.
	setPart = 128

	// The goal: 1.05 bits per ID, and 1 % for what belongs to none.
	bitsPerID = 1.05 * 1.01
)

// footprint is what one way to keep IDs takes.
type footprint struct {
	what     string
	ids      uint64
	bytes    uint64 // by the server's own account
	resident uint64 // growth of the process
}

// memory prints what the IDs from 0 to 100 M take. It measures once: the
// figures hardly vary.
func (b *bench) memory(ctx context.Context, out io.Writer) error {
	b.progress.say("memory: %s", b.programs.ours.name)
	ours, err := b.ownFootprint(ctx, b.programs.ours)
	if err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	all := []footprint{ours}
	for _, p := range b.programs.rivals {
		b.progress.say("memory: %s", p.name)
		if p.kin {
			other, err := b.ownFootprint(ctx, p)
			if err != nil {
				return fmt.Errorf("memory: %w", err)
			}
			all = append(all, other)
			continue
		}
		bitmap, err := b.footprint(ctx, p, footprint{what: p.name + " bitmap, MEMORY USAGE", ids: denseIDs}, firstBits(denseIDs), memoryUsage)
		if err != nil {
			return fmt.Errorf("memory: %w", err)
		}
		set, err := b.footprint(ctx, p, footprint{
			what: fmt.Sprintf("%s SET, MEMORY USAGE (1/%d of the IDs, in a hash table filled to the same part)", p.name, setPart),
			ids:  denseIDs / setPart,
		}, fillSet, memoryUsage)
		if err != nil {
			return fmt.Errorf("memory: %w", err)
		}
		all = append(all, bitmap, set)
	}
	b.progress.say("")
	return printMemory(out, all)
}

// ownFootprint is that of a build of this server.
func (b *bench) ownFootprint(ctx context.Context, p program) (footprint, error) {
	return b.footprint(ctx, p, footprint{what: p.name + ", PT.INFO memory_bytes", ids: denseIDs}, firstIDs(denseIDs), infoMemory)
}

func printMemory(out io.Writer, all []footprint) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Memory for 100 M dense IDs\n\n")
	line(&b, "kept in", "IDs", "bytes", "bits per ID", "growth of the resident set, bits per ID", "bytes per ID: ours / this", "goal for bits per ID")
	line(&b, "---", "--:", "--:", "--:", "--:", "--:", "--:")
	ours := all[0]
	for i, f := range all {
		ratio, mark := dash, dash
		if i == 0 {
			mark = atMost(bitsPerID).mark(f.bits(f.bytes), "")
		} else {
			ratio = number(ours.bits(ours.bytes) / f.bits(f.bytes))
		}
		line(&b, f.what, short(float64(f.ids)), number(float64(f.bytes)), number(f.bits(f.bytes)), number(f.bits(f.resident)), ratio, mark)
	}
	_, err := fmt.Fprintln(out, b.String())
	return err
}

func (f footprint) bits(bytes uint64) float64 { return float64(bytes) * 8 / float64(f.ids) }

// footprint starts p, fills it and asks what that took.
func (b *bench) footprint(ctx context.Context, p program, f footprint, fill prepare, ask func(context.Context, *redis.Client) (uint64, error)) (_ footprint, err error) {
	s, err := start(ctx, p, b.dir)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	before, err := s.rss()
	if err != nil {
		return f, err
	}
	if err := fill(ctx, s.client); err != nil {
		return f, err
	}
	if f.bytes, err = settled(ctx, s.client, ask); err != nil {
		return f, err
	}
	after, err := s.rss()
	if err != nil {
		return f, err
	}
	f.resident = after - min(before, after)
	return f, nil
}

// settled asks until the answer stays the same: Redis moves a hash table that
// has grown bit by bit, and has two of them meanwhile.
func settled(ctx context.Context, c *redis.Client, ask func(context.Context, *redis.Client) (uint64, error)) (uint64, error) {
	const tries, apart = 60, 250 * time.Millisecond
	last, err := ask(ctx, c)
	for range tries {
		if err != nil {
			return 0, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(apart):
		}
		var now uint64
		if now, err = ask(ctx, c); err == nil && now == last {
			return now, nil
		}
		last = now
	}
	return 0, errors.New("the memory in use does not settle")
}

func infoMemory(ctx context.Context, c *redis.Client) (uint64, error) {
	fields, err := c.Do(ctx, "PT.INFO", key).Slice()
	if err != nil {
		return 0, fmt.Errorf("PT.INFO: %w", err)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		if n, ok := fields[i+1].(int64); ok && fields[i] == "memory_bytes" {
			return uint64(n), nil
		}
	}
	return 0, errors.New("PT.INFO has no memory_bytes")
}

func memoryUsage(ctx context.Context, c *redis.Client) (uint64, error) {
	n, err := c.MemoryUsage(ctx, key, 0).Result() // 0: all members, no sample
	if err != nil {
		return 0, fmt.Errorf("MEMORY USAGE: %w", err)
	}
	return uint64(n), nil
}

// fillSet makes a SET of every 128th ID.
func fillSet(ctx context.Context, c *redis.Client) error {
	const most = 10_000 // members at once
	for id := 0; id < denseIDs; {
		members := make([]any, 0, most)
		for ; id < denseIDs && len(members) < most; id += setPart {
			members = append(members, id)
		}
		if err := c.SAdd(ctx, key, members...).Err(); err != nil {
			return fmt.Errorf("SADD: %w", err)
		}
	}
	return nil
}
