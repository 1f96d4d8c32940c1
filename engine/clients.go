package engine

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
)

// Clients returns the n of the server's clients that were active last, the last one
// first.
func Clients(server *resp.Server, n int) []observe.Client {
	type quiet struct {
		conn *resp.Conn
		idle time.Duration
	}
	conns := server.Conns()
	all := make([]quiet, len(conns))
	for i, c := range conns {
		all[i] = quiet{c, c.Idle()}
	}
	slices.SortStableFunc(all, func(a, b quiet) int { return cmp.Compare(a.idle, b.idle) })
	all = all[:min(n, len(all))]
	clients := make([]observe.Client, len(all))
	for i, q := range all {
		s := Of(q.conn)
		p := s.Profile()
		addr, _ := s.Names()
		command, _ := s.Doing()
		clients[i] = observe.Client{
			ID: q.conn.ID, Address: addr, Name: p.Name, Library: strings.TrimSpace(p.LibName + " " + p.LibVer), Command: command,
			Connected: q.conn.Age(), Idle: q.idle, Commands: q.conn.Commands(),
		}
	}
	return clients
}
