//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// The scripts that hand out the next free ID from a bitmap.
const (
	nextFree = `local b=redis.call('BITPOS',KEYS[1],0) redis.call('SETBIT',KEYS[1],b,1) return b`

	nextFreeFromCursor = `local c=tonumber(redis.call('GET',KEYS[2]) or '0') ` +
		`local b=redis.call('BITPOS',KEYS[1],0,c) redis.call('SETBIT',KEYS[1],b,1) ` +
		`local n=math.floor(b/8) if n~=c then redis.call('SET',KEYS[2],n) end return b`
)

// digest is a script's name for EVALSHA.
func digest(script string) string {
	sum := sha1.Sum([]byte(script))
	return hex.EncodeToString(sum[:])
}

type prepare = func(ctx context.Context, c *redis.Client) error

func script(text string) prepare {
	return func(ctx context.Context, c *redis.Client) error {
		if err := c.ScriptLoad(ctx, text).Err(); err != nil {
			return fmt.Errorf("loading a script: %w", err)
		}
		return nil
	}
}

func both(first, second prepare) prepare {
	return func(ctx context.Context, c *redis.Client) error {
		if err := first(ctx, c); err != nil {
			return err
		}
		return second(ctx, c)
	}
}

// stretch is the length of the stretches of IDs that are alternately there and
// not there.
const stretch = 1000

// halfOfIDs adds every other stretch of the space of random IDs.
func halfOfIDs(ctx context.Context, c *redis.Client) error {
	const most = 1000 // commands at once
	pipe := c.Pipeline()
	for id := 0; id < firstID+idCount; id += 2 * stretch {
		pipe.Do(ctx, "PT.ADDRANGE", key, id, id+stretch)
		if pipe.Len() < most && id+2*stretch < firstID+idCount {
			continue
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("adding IDs: %w", err)
		}
	}
	return nil
}

// halfOfBits sets the bits of the same IDs.
func halfOfBits(ctx context.Context, c *redis.Client) error {
	there := bytes.Repeat([]byte{0xff}, stretch/8)
	period := append(there, make([]byte, stretch/8)...)
	if err := c.Set(ctx, key, bytes.Repeat(period, (firstID+idCount)/(2*stretch)), 0).Err(); err != nil {
		return fmt.Errorf("setting bits: %w", err)
	}
	return nil
}

// firstIDs adds the IDs below n.
func firstIDs(n uint64) prepare {
	return func(ctx context.Context, c *redis.Client) error {
		if err := c.Do(ctx, "PT.ADDRANGE", key, 0, n).Err(); err != nil {
			return fmt.Errorf("adding %d IDs: %w", n, err)
		}
		return nil
	}
}

// firstBits sets the bits below n, a multiple of 8. The last bit comes first:
// it makes the string as long as it must be, and not a byte longer.
func firstBits(n uint64) prepare {
	return func(ctx context.Context, c *redis.Client) error {
		if err := c.SetBit(ctx, key, int64(n-1), 1).Err(); err != nil {
			return fmt.Errorf("setting bit %d: %w", n-1, err)
		}
		block := bytes.Repeat([]byte{0xff}, 1<<20)
		for at := uint64(0); at < n/8; at += uint64(len(block)) {
			part := block[:min(n/8-at, uint64(len(block)))]
			if err := c.SetRange(ctx, key, int64(at), string(part)).Err(); err != nil {
				return fmt.Errorf("setting %d bits: %w", n, err)
			}
		}
		return nil
	}
}

// counted checks that what the server counts grew by as much as the replies
// said, ids for each, or at most by what was asked for and not waited for.
func counted(before, ids uint64, command ...any) func(context.Context, *redis.Client, result) error {
	return func(ctx context.Context, c *redis.Client, r result) error {
		n, err := c.Do(ctx, command...).Uint64()
		if err != nil {
			return fmt.Errorf("%v: %w", command, err)
		}
		if low, high := before+r.replied*ids, before+r.sent*ids; n < low || n > high {
			return fmt.Errorf("%v: %d, but from %d to %d were handed out", command, n, low, high)
		}
		return nil
	}
}
