package store

import (
	"context"
	"crypto/tls"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// errClosed is for who calls a store after its Close.
var errClosed error = permanent{errors.New("the store's connections are closed")}

const (
	dialTime  = 5 * time.Second  // to connect, and again to log in
	replyTime = 10 * time.Second // in which a server answers, or the connection counts as broken
)

// servers is a store: servers that speak the Redis protocol.
type servers struct {
	place
	security func() (*tls.Config, error) // once, at the first connection: files are read

	pageSize int64       // how many keys a server looks at for one page of a list
	met      atomic.Bool // some server has answered

	mu      sync.Mutex
	closed  bool
	clients map[string]rueidis.Client // by address, of one server each
	known   []string                  // addresses of a Cluster's primaries, when last seen
}

func newServers(p place) *servers {
	s := &servers{place: p, pageSize: 10000, clients: map[string]rueidis.Client{}}
	s.security = sync.OnceValues(s.readSecurity)
	return s
}

// options are those of a connection to one server. Nothing is sent twice by the library: who
// calls knows what a broken connection means.
func (s *servers) options(addr string) (rueidis.ClientOption, error) {
	security, err := s.security()
	if err != nil {
		return rueidis.ClientOption{}, err
	}
	o := rueidis.ClientOption{
		InitAddress:       []string{addr},
		ForceSingleClient: true,
		DisableCache:      true,
		DisableRetry:      true,
		AlwaysPipelining:  true, // else a call with a deadline waits for that, whether its context has ended or not
		PipelineMultiplex: -1,   // one connection
		BlockingPipeline:  askedAtOnce + 1,
		Username:          s.user,
		Password:          s.password,
		ClientName:        "prefixtracker",
		ClientSetInfo:     rueidis.DisableClientSetInfo,
		SelectDB:          s.db,
		TLSConfig:         security,
		ConnWriteTimeout:  replyTime,
		DialCtxFn:         dial,
	}
	o.Dialer.Timeout = dialTime
	return o, nil
}

// client returns the connection for short questions to one server.
func (s *servers) client(ctx context.Context, addr string) (rueidis.Client, error) {
	o, err := s.options(addr)
	if err != nil {
		return nil, err
	}
	return s.keep(addr, func() (rueidis.Client, error) { return connect(ctx, o) })
}

// router returns the client that finds the server of a key by itself, through all that a Cluster
// changes meanwhile.
func (s *servers) router(addrs []string) (rueidis.Client, error) {
	o, err := s.options("")
	if err != nil {
		return nil, err
	}
	o.InitAddress, o.ForceSingleClient, o.DisableRetry = addrs, false, false
	return s.keep("", func() (rueidis.Client, error) {
		c, err := rueidis.NewClient(o)
		if err != nil {
			if c != nil {
				c.Close()
			}
			return nil, explain(addrs[0], err)
		}
		return c, nil
	})
}

// keep returns the client of a name, and makes it if there is none.
func (s *servers) keep(name string, make func() (rueidis.Client, error)) (rueidis.Client, error) {
	s.mu.Lock()
	c, closed := s.clients[name], s.closed
	s.mu.Unlock()
	if closed {
		return nil, errClosed
	}
	if c != nil {
		return c, nil
	}
	c, err := make() // nobody waits for that under the lock
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	other, closed := s.clients[name], s.closed
	if other == nil && !closed {
		s.clients[name] = c
	}
	s.mu.Unlock()
	switch {
	case closed:
		c.Close()
		return nil, errClosed
	case other != nil:
		c.Close()
		return other, nil
	}
	return c, nil
}

// drop forgets a client that has broken.
func (s *servers) drop(name string, c rueidis.Client) {
	s.mu.Lock()
	if s.clients[name] == c {
		delete(s.clients, name)
	}
	s.mu.Unlock()
	c.Close()
}

// Close implements [Store]. A server that does not answer has a second for each of our connections to end well: nobody waits
// for that under the lock, and for all of them at once.
func (s *servers) Close() {
	s.mu.Lock()
	clients := s.clients
	s.closed, s.clients = true, nil
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, c := range clients {
		all.Go(c.Close)
	}
	all.Wait()
}
