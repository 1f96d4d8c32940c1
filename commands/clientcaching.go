package commands

import (
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/prefixtracker/prefixtracker/resp"
)

// CLIENT TRACKING ON OPTIN|OFF
var clientTrackingSpec = &Spec{
	Name: "CLIENT|TRACKING", Arity: -3,
	Long:  true,
	Group: groupConnection, Summary: "Lets the client keep replies: it is told when one that CLIENT CACHING announced no longer holds.",
	Complexity: "O(1); OFF O(n) for n prefixes kept", Since: "0.1.0", Reply: "OK",
	Args: []Arg{{Name: "status", Type: ArgOneOf, Args: []Arg{token("ON"), token("OFF")}},
		{Name: "optin", Type: ArgPureToken, Token: "OPTIN", Optional: true},
		{Name: "noloop", Type: ArgPureToken, Token: "NOLOOP", Optional: true}},
	Run: (*Commands).clientTracking,
}

// CLIENT CACHING YES
var clientCachingSpec = &Spec{
	Name: "CLIENT|CACHING", Arity: 3,
	Group: groupConnection, Summary: "Announces that the reply to the next command, or those of the next transaction, will be kept.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args: []Arg{{Name: "mode", Type: ArgOneOf, Args: []Arg{token("YES"), token("NO")}}},
	Run:  (*Commands).clientCaching,
}

// caches are the replies that clients keep: for each prefix the connections
// that have read it and want to hear of the next change. A reader is entered
// before it reads and a writer looks after it has written, so either the reader
// sees the change or the writer sees the reader.
type caches struct {
	watched atomic.Int64 // prefixes: all that a write looks at when it is 0
	clients atomic.Int64 // connections with CLIENT TRACKING ON
	mu      sync.Mutex
	readers map[string]map[*resp.Conn]bool // true: not told of its own changes
}

// maxWatched is how many prefixes are watched. For another one, the readers of
// some prefix are told that it changed, as in Redis.
const maxWatched = 1_000_000

func (x *Commands) clientTracking(c *resp.Conn, args [][]byte) error {
	on := is(args[0], "ON")
	if !on && !is(args[0], "OFF") {
		return errSyntax
	}
	optIn, noLoop := false, false
	for _, a := range args[1:] {
		switch {
		case is(a, "OPTIN"):
			optIn = true
		case is(a, "NOLOOP"):
			noLoop = true
		case is(a, "OPTOUT"), is(a, "BCAST"), is(a, "PREFIX"), is(a, "REDIRECT"):
			return errTrackingMode
		default:
			return errSyntax
		}
	}
	s := sessionOf(c)
	if !on {
		x.stopTracking(c, s)
		c.OK()
		return nil
	}
	if !optIn {
		return errTrackingMode
	}
	if !s.tracking {
		s.tracking = true
		x.caches.clients.Add(1)
		c.OpenPush()
		if !s.trackedOnce {
			s.trackedOnce = true
			c.OnClose(func() { x.stopTracking(c, s) })
		}
	}
	s.noLoop = noLoop
	c.Describe(func(p *resp.Profile) { p.Tracking = true })
	c.OK()
	return nil
}

func (x *Commands) stopTracking(c *resp.Conn, s *session) {
	if !s.tracking {
		return
	}
	s.tracking, s.caching = false, false
	x.caches.clients.Add(-1)
	c.Describe(func(p *resp.Profile) { p.Tracking = false })
	x.forgetReader(c, s)
}

// forgetReader makes c one that keeps no reply.
func (x *Commands) forgetReader(c *resp.Conn, s *session) {
	if s.reader {
		s.reader = false
		x.caches.forget(c)
	}
}

func (x *Commands) clientCaching(c *resp.Conn, args [][]byte) error {
	s := sessionOf(c)
	yes := is(args[0], "YES")
	switch {
	case !yes && !is(args[0], "NO"):
		return errSyntax
	case !s.tracking:
		return errCachingWithoutTracking
	case !yes:
		return errCachingNo
	case c.Protocol() != 3: // which has no form for what the client is to be told
		return errCachingProtocol
	}
	s.caching = true
	c.OK()
	return nil
}

// remember enters c as a reader of the keys of a command.
func (k *caches) remember(c *resp.Conn, noLoop bool, spec *Spec, args [][]byte) {
	if spec.Unwatched {
		for key := range spec.keys(args) {
			c.Push(invalidation(view(key))) // it goes out behind the reply
		}
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.readers == nil {
		k.readers = make(map[string]map[*resp.Conn]bool)
	}
	for key := range spec.keys(args) {
		r := k.readers[view(key)]
		if r == nil {
			if len(k.readers) >= maxWatched {
				for old := range k.readers {
					k.tell(old, nil)
					break
				}
			}
			r = make(map[*resp.Conn]bool)
			k.readers[string(key)] = r
		}
		r[c] = noLoop
	}
	k.watched.Store(int64(len(k.readers)))
}

// changed tells the readers of a prefix that by has changed it, if there are
// any.
func (k *caches) changed(by *resp.Conn, prefix string) {
	if k.watched.Load() == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tell(prefix, by)
	k.watched.Store(int64(len(k.readers)))
}

// tell sends the invalidation of a prefix and forgets its readers, who have to
// read again to hear of the next change. k.mu is held.
func (k *caches) tell(prefix string, by *resp.Conn) {
	readers := k.readers[prefix]
	if readers == nil {
		return
	}
	line := invalidation(prefix)
	delete(k.readers, prefix)
	for c, noLoop := range readers {
		if !noLoop || c != by {
			c.Push(line)
		}
	}
}

// invalidation is what a client is told of a key that has changed.
func invalidation(key string) []byte {
	line := append([]byte(">2\r\n$10\r\ninvalidate\r\n*1\r\n$"), strconv.Itoa(len(key))...)
	return append(append(append(line, "\r\n"...), key...), "\r\n"...)
}

// changedAll tells all readers that nothing holds any more.
func (k *caches) changedAll() {
	if k.watched.Load() == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	told := make(map[*resp.Conn]bool)
	for _, readers := range k.readers {
		for c := range readers {
			if !told[c] {
				told[c] = true
				c.Push([]byte(">2\r\n$10\r\ninvalidate\r\n_\r\n"))
			}
		}
	}
	clear(k.readers)
	k.watched.Store(0)
}

// forget drops c as a reader.
func (k *caches) forget(c *resp.Conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for prefix, readers := range k.readers {
		if delete(readers, c); len(readers) == 0 {
			delete(k.readers, prefix)
		}
	}
	k.watched.Store(int64(len(k.readers)))
}
