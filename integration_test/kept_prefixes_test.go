package integration_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestBooks_PrefixesOfListeners: the prefixes that a client wants to hear of are on the books for as long as
// it does, however that ends. Where there is no room for them nothing changes.
func TestBooks_PrefixesOfListeners(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--max-query-memory", "1mb")
	probe := connect(t, s.addr)
	listen := []string{"CLIENT", "TRACKING", "ON", "BCAST"}
	for i := range 60 {
		listen = append(listen, "PREFIX", fmt.Sprintf("%02d:%s", i, strings.Repeat("p", 50)))
	}
	held := func() int64 { return infoField(t, probe, "query_memory") }
	for _, end := range []string{"CLIENT TRACKING OFF", "RESET", "QUIT"} {
		c := connect(t, s.addr)
		c.mustReply(t, "HELLO", "3")
		c.mustDoArgs(t, listen, simple("OK"))
		if held() < 60*50 {
			t.Errorf("%d bytes are held", held())
		}
		c.mustReply(t, words(end)...)
		eventually(t, "nothing is held after "+end, func() bool { return held() == 0 })
	}
	var clients []*client
	for refused := false; !refused; {
		c := connect(t, s.addr)
		clients = append(clients, c)
		c.mustReply(t, "HELLO", "3")
		before := c.mustReply(t, "CLIENT", "TRACKINGINFO").raw
		if r := c.mustReply(t, listen...); r.raw != simple("OK") {
			refused = true
			if r.raw != failure("ERR query memory exhausted") {
				t.Errorf("%q", r.raw)
			}
			if after := c.mustReply(t, "CLIENT", "TRACKINGINFO").raw; after != before {
				t.Errorf("refused, it is\n%q, and was\n%q", after, before)
			}
		}
		if len(clients) > 100 {
			t.Fatalf("%d clients listen for 60 prefixes each, and %d bytes are held", len(clients), held())
		}
	}
	for _, c := range clients {
		c.close()
	}
	eventually(t, "nothing is held", func() bool { return held() == 0 })
}
