package integration_test

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCrowdsAtLongWorkHoldNobodyUp: many clients are at work all the time, each with commands that take
// long or with many that do not. Beside them somebody who asks for little has his answers about as soon
// as without them, and not after a turn of each.
func TestCrowdsAtLongWorkHoldNobodyUp(t *testing.T) {
	onLinux(t)
	t.Parallel()
	for _, work := range []string{"SSCAN ids: 0 COUNT 12000", "KEYS *", "PT.LIST MATCH *[" + strings.Repeat("a", 3000)} {
		t.Run(strings.Fields(work)[0], func(t *testing.T) {
			s := startServer(t)
			c := connect(t, s.addr)
			c.mustReply(t, "PT.ADDRANGE", "ids:", "0", "100000000")
			if err := createTenants(c, 20_000); err != nil {
				t.Fatal(err)
			}
			const clients = 30
			lines := []byte(strings.Repeat(work+"\r\n", 3000))
			alone, before := pingTime(t, c), s.cpuTime(t)
			for range clients {
				nc, err := net.Dial("tcp", s.addr)
				if err != nil {
					t.Fatal(err)
				}
				ended := make(chan struct{})
				t.Cleanup(func() {
					nc.(*net.TCPConn).SetLinger(0) // what is under way ends with it
					nc.Close()
					<-ended
				})
				go func() {
					defer close(ended)
					for _, err := io.WriteString(nc, "CLIENT REPLY OFF\r\n"); err == nil; {
						_, err = nc.Write(lines)
					}
				}()
			}
			eventually(t, "they are at work", func() bool { return s.cpuTime(t)-before > time.Second })
			if beside := pingTime(t, c); beside > 50*max(alone, 100*time.Microsecond) {
				t.Errorf("beside them an answer takes %v, and without them %v", beside, alone)
			}
		})
	}
}

// pingTime returns how long a client mostly waits for one.
func pingTime(t *testing.T, c *client) time.Duration {
	t.Helper()
	took := make([]time.Duration, 100)
	for i := range took {
		began := time.Now()
		c.mustDo(t, "PING", pingedOnce)
		took[i] = time.Since(began)
		time.Sleep(3 * time.Millisecond)
	}
	slices.Sort(took)
	return took[len(took)/2]
}
