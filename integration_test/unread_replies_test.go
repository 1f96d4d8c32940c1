package integration_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// TestUnread_WhoReadsIsServed: deaf readers fill the memory for replies. Who comes then and reads gets long
// ones, whole, each of the times: those who do not read make room.
func TestUnread_WhoReadsIsServed(t *testing.T) {
	const long = 1 << 20
	for _, test := range []struct {
		name, deaf string
		times      int
		honest     string
	}{
		{"messages", "ECHO " + strings.Repeat("x", 60_000), 60, "ECHO " + strings.Repeat("y", long)},
		{"pages", "PT.SCAN many 0 COUNT 6000", 100, "PT.SCAN many 0 COUNT 60000 KEYS"},
		{"sets", "SMEMBERS odd", 20, "SMEMBERS many"},
		{"lists", "PT.LIST", 20, "PT.LIST"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := startBooksServer(t)
			c := connect(t, s.addr)
			c.mustDo(t, "PT.ADDRANGE many 0 150000", integer(150_000))
			if err := apart("odd", 65_536, 2)(c); err != nil {
				t.Fatal(err)
			}
			for i := range 3000 {
				c.mustDo(t, fmt.Sprintf("PT.CREATE %d:%s", i, strings.Repeat("p", 400)), simple("OK"))
			}
			want := c.mustReply(t, words(test.honest)...).raw
			if len(want) < long {
				t.Fatalf("a reply of %d bytes", len(want))
			}
			stop := watchBooks(t, s)
			request := strings.Repeat(test.deaf+"\r\n", test.times)
			for range 200 {
				conn := deaf(t, s.addr)
				conn.SetWriteDeadline(time.Now().Add(patience))
				io.WriteString(conn, request) // it may be cut off
			}
			for i := range 50 {
				if i%2 == 0 {
					c = connect(t, s.addr) // on an event loop yet
				}
				if r, err := c.do(words(test.honest)...); err != nil || r.raw != want {
					t.Fatalf("reply %d: %.60q of %d bytes, %v; %d bytes are held", i, r.raw, len(r.raw), err, infoField(t, connect(t, s.addr), "query_memory"))
				}
			}
			stop()
		})
	}
}
