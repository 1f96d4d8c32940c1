package redistest

import (
	"fmt"
	"strings"
	"testing"
)

// Watched is a primary with a replica that Sentinels watch by the name "kv".
type Watched struct {
	Primary, Replica *Server // as they were at the start
	Sentinels        []*Server
}

// StartWatched starts a primary, its replica and Sentinels, of which two (or the only one) must
// agree that the primary is silent for two seconds. All servers take flags.
func StartWatched(t testing.TB, sentinels int, flags ...string) *Watched {
	t.Helper()
	flags = append([]string{"--repl-diskless-sync-delay", "0"}, flags...)
	w := &Watched{Primary: Start(t, flags...)}
	w.Replica = Start(t, append(flags, "--replicaof", "127.0.0.1 "+w.Primary.Port)...)
	Eventually(t, "the replica is in step", func() bool {
		return field(w.Replica.Do(t, "INFO", "replication"), "master_link_status") == "up"
	})
	for range sentinels {
		w.Sentinels = append(w.Sentinels, start(t, func(port string) []string {
			return []string{writeFile(t, "sentinel.conf", fmt.Sprintf(`port %s
bind 127.0.0.1
dir %q
sentinel monitor kv 127.0.0.1 %s %d
sentinel down-after-milliseconds kv 2000
sentinel failover-timeout kv 10000
`, port, t.TempDir(), w.Primary.Port, min(2, sentinels))), "--sentinel"}
		}))
	}
	for _, s := range w.Sentinels {
		Eventually(t, "a Sentinel knows the replica and the others", func() bool {
			reply, err := s.Try(t, "SENTINEL", "MASTER", "kv")
			if err != nil {
				return false
			}
			m, err := reply.AsStrMap()
			return err == nil && m["num-slaves"] == "1" && m["num-other-sentinels"] == fmt.Sprint(sentinels-1)
		})
	}
	return w
}

// URL is that of the store.
func (w *Watched) URL() string {
	var addrs []string
	for _, s := range w.Sentinels {
		addrs = append(addrs, s.Addr)
	}
	return "redis+sentinel://" + strings.Join(addrs, ",") + "/kv"
}

// AwaitPrimary waits until the Sentinels say that a server is the primary.
func (w *Watched) AwaitPrimary(t testing.TB, s *Server) {
	t.Helper()
	for _, sentinel := range w.Sentinels {
		Eventually(t, s.Addr+" is the primary", func() bool {
			reply, err := sentinel.Try(t, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "kv")
			if err != nil {
				return false
			}
			words, err := reply.AsStrSlice()
			return err == nil && len(words) == 2 && words[1] == s.Port
		})
	}
	Eventually(t, s.Addr+" takes writes", func() bool {
		reply, err := s.Try(t, "INFO", "replication") // its connections are ended meanwhile
		text, _ := reply.ToString()
		return err == nil && field(text, "role") == "master"
	})
}
