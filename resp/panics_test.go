package resp_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
)

// Ten thousand commands whose handler panics get ten thousand error replies, each in its place,
// and the commands between them are served. Bare redcon exits on the first.
func TestServer_TenThousandPanics(t *testing.T) {
	eachTransport(t, tenThousandPanics)
}

func tenThousandPanics(t *testing.T, loops int) {
	const conns, each = 50, 200
	server, addr, log := start(t, loops, func(c *resp.Conn, args [][]byte) {
		switch string(args[0]) {
		case "BOOM":
			panic("seeded \x1b[31m" + string(args[1]))
		case "HALF": // of an array is written
			c.Array(2)
			c.Int(1)
			var none map[string]int
			none["x"] = 1
		default:
			c.Bulk(args[1])
		}
	})
	var all sync.WaitGroup
	failures := make(chan error, conns)
	for i := range conns {
		all.Go(func() {
			nc, r, err := dialQuietly(addr)
			if err != nil {
				failures <- err
				return
			}
			defer nc.Close()
			go func() {
				out := bufio.NewWriter(nc)
				for n := range each {
					fmt.Fprintf(out, "%s %d.%d\r\nECHO %d\r\n", []string{"BOOM", "HALF"}[n%2], i, n, n)
				}
				_ = out.Flush() // then the replies do not come
			}()
			for n := range each {
				want := fmt.Sprintf("-ERR internal error\r\n$%d\r\n%d\r\n", len(fmt.Sprint(n)), n)
				got := make([]byte, len(want))
				if _, err := io.ReadFull(r, got); err != nil || string(got) != want {
					failures <- fmt.Errorf("got %q (%v), want %q", got, err, want)
					return
				}
			}
		})
	}
	all.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if p := figuresOf(server).Traffic.Panics; p != conns*each {
		t.Errorf("%d panics are counted, want %d", p, conns*each)
	}
	written := log.String()
	t.Logf("%d panics: %d bytes of log in %d lines", conns*each, len(written), strings.Count(written, "\n"))
	if len(written) > 1<<20 {
		t.Errorf("the log has %d bytes after %d panics", len(written), conns*each)
	}
	if strings.Contains(written, "\x1b") || !strings.Contains(written, "panics_test.go") {
		t.Error("the log has a client's bytes as they are, or no stack")
	}
	c, r := dial(t, addr)
	send(t, c, "ECHO alive\r\n")
	expect(t, r, "$5\r\nalive\r\n")
}

func figuresOf(s *resp.Server) *observe.Figures {
	f := new(observe.Figures)
	s.Figures(f)
	return f
}
