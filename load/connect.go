package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/keyslot"
)

// mostDials is how many connections are made at once: more wait in the server's queue, which may be short.
const mostDials = 32

// line is a connection to a server, or nil where there is none yet.
type line struct {
	addr string
	net  net.Conn
}

// connect makes for each client a connection to each server that is known, so that no request pays for that. Where a
// Route may say more in a while, it is enough that one server answers.
func (l *Load) connect(ctx context.Context) ([][]line, error) {
	full := false
	for deadline := time.Now().Add(l.config.Patience); ; {
		lines, err := l.dialAll(ctx, l.config.servers())
		route := l.config.Route
		before := full
		made, all := counts(lines)
		full = err != nil && crowded(lines)
		switch {
		case ctx.Err() != nil:
			closeAll(lines)
			return nil, context.Cause(ctx)
		case err == nil:
			return lines, nil
		case full && before: // a server that has just come back would have taken them now
			closeAll(lines)
			return nil, fmt.Errorf("%d of %d connections can be made, and no more: %w", made, all, err)
		case route != nil && l.config.Patience > 0 && made > 0 && !full:
			return lines, nil
		}
		closeAll(lines)
		if route == nil || time.Now().After(deadline) {
			return nil, err
		}
		_ = route.Refresh(ctx) // that nobody answers is seen by who dials
		select {
		case <-time.After(longPause):
		case <-ctx.Done():
		}
	}
}

// counts tells how many connections there are, of how many.
func counts(lines [][]line) (made, all int) {
	for _, of := range lines {
		for _, l := range of {
			if all++; l.net != nil {
				made++
			}
		}
	}
	return made, all
}

// crowded tells whether a server has taken some connections and not others: it is not out of reach, but has, or we have,
// room for no more.
func crowded(lines [][]line) bool {
	taken, refused := map[string]bool{}, map[string]bool{}
	for _, of := range lines {
		for _, l := range of {
			if l.net != nil {
				taken[l.addr] = true
			} else {
				refused[l.addr] = true
			}
		}
	}
	for addr := range refused {
		if taken[addr] {
			return true
		}
	}
	return false
}

var errNowhere = errors.New("no server is known that has the keys")

// dialAll returns the first error.
func (l *Load) dialAll(ctx context.Context, servers []string) ([][]line, error) {
	lines := make([][]line, l.config.Clients)
	if len(servers) == 0 {
		return lines, errNowhere
	}
	var (
		dialing sync.WaitGroup
		places  = make(chan struct{}, mostDials)
		mu      sync.Mutex
		first   error
		silent  []string // addresses that are not tried again
	)
	dial := func(to *line) {
		mu.Lock()
		skip := slices.Contains(silent, to.addr)
		mu.Unlock()
		if skip || ctx.Err() != nil {
			return
		}
		c, err := l.config.Dial(ctx, to.addr)
		if err == nil {
			to.net = c
			return
		}
		mu.Lock()
		defer mu.Unlock()
		silent = append(silent, to.addr)
		if first == nil {
			first = err
		}
	}
	for i := range lines {
		lines[i] = make([]line, len(servers))
		for at, addr := range servers {
			to := &lines[i][at]
			to.addr = addr
			places <- struct{}{}
			dialing.Go(func() {
				defer func() { <-places }()
				dial(to)
			})
		}
	}
	dialing.Wait()
	if first == nil {
		first = context.Cause(ctx) // some were not tried then
	}
	return lines, first
}

// server is who has a slot.
func (c *Config) server(slot uint16) string {
	if c.Route == nil {
		return c.Addr
	}
	return c.Route.Addr(slot)
}

// servers are all that are known.
func (c *Config) servers() (all []string) {
	slots := 1
	if c.Route != nil && c.Route.Spread() {
		slots = keyslot.Count
	}
	for slot := range slots {
		if addr := c.server(uint16(slot)); addr != "" && !slices.Contains(all, addr) {
			all = append(all, addr)
		}
	}
	return all
}

// sample is a connection of many, if there is any.
func sample(lines [][]line) net.Conn {
	for _, of := range lines {
		for _, l := range of {
			if l.net != nil {
				return l.net
			}
		}
	}
	return nil
}

// closeAll closes what is open.
func closeAll(lines [][]line) {
	for _, of := range lines {
		for _, l := range of {
			if l.net != nil {
				_ = l.net.Close() // it has carried nothing
			}
		}
	}
}
