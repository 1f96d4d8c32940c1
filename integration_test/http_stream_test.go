package integration_test

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// TestHTTP_Stream: the first events at once, then what has changed, and that a prefix has gone.
func TestHTTP_Stream(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	c, l := connect(t, s.addr), look(t, s)
	c.mustDo(t, "PT.CREATE vec: MAXID 100", simple("OK"))
	f := l.follow(t, "prefix=vec:&cells=10&clients=1&sort=name&limit=1")
	for _, want := range []string{"state", "prefixes", "map", "clients"} {
		event, data := f.next()
		if event != want {
			t.Fatalf("the event %s %s, want %s", event, data, want)
		}
		switch event {
		case "state":
			readObject(t, event, data, new(stateObject))
		case "prefixes":
			var o prefixesObject
			readObject(t, event, data, &o)
			if o.names() != "vec:" {
				t.Errorf("the prefixes are %s", data)
			}
		case "map":
			var o mapObject
			readObject(t, event, data, &o)
			if o.Cell != 10 || len(o.Cells) != 10 || o.Count != 0 {
				t.Errorf("the map is %s", data)
			}
		case "clients":
			readObject(t, event, data, new(clientsObject))
		}
	}
	c.mustDo(t, "PT.ADD vec: 35 36", integer(2))
	f.until("map", func(data string) bool { return strings.Contains(data, `"cells":[0,0,0,2,0,0,0,0,0,0]`) })
	f.until("prefixes", func(data string) bool { return strings.Contains(data, `"count":2,"free":98`) })
	c.mustDo(t, "PT.ADD a: 1", integer(1))
	f.until("prefixes", func(data string) bool {
		return strings.Contains(data, `"total":2,`) && strings.Contains(data, `"name":"a:"`)
	})
	c.mustDo(t, "PT.DROP vec:", integer(1))
	f.until("gone", func(data string) bool { return data == `{"prefix":"vec:"}` })
	for range 4 { // once
		if event, data := f.next(); event == "gone" || event == "map" {
			t.Errorf("the event %s %s behind its end", event, data)
		}
	}
	c.mustDo(t, "PT.ADD vec: 7", integer(1))
	f.until("map", func(data string) bool { return strings.Contains(data, `"count":1,`) })
	// Two readings of a kind have two times: whoever divides by their distance can.
	last := ""
	for range 3 {
		f.until("state", func(data string) bool {
			_, now, _ := strings.Cut(data, `"now":`)
			now, _, _ = strings.Cut(now, ",")
			if now == last {
				t.Errorf("two states of %s", now)
			}
			last = now
			return true
		})
	}
}

// TestHTTP_StreamsEndWithTheServer, and do not keep it: it has ended as fast as without them.
func TestHTTP_StreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--shutdown-timeout", patience.String())
	l := look(t, s)
	var all []*streamReader
	for i := range 20 {
		f := l.follow(t, fmt.Sprintf("match=%d", i%3))
		f.until("state", func(string) bool { return true })
		all = append(all, f)
	}
	s.signal(t, syscall.SIGTERM)
	for _, f := range all {
		for event := "state"; event != ""; {
			event, _ = f.next()
		}
		if err := f.lines.Err(); err != nil { // its end was said
			t.Errorf("a stream ended with %v", err)
		}
	}
	if code := s.waitExit(t); code != 0 || logLine(s.log.String(), "connections were cut off") != nil {
		t.Errorf("it exited with %d\n%s", code, s.log.String())
	}
}

// TestHTTP_Crowd: two thousand connections that ask for nothing, and as many streams as there may be, keep
// neither a probe nor the server's own clients from anything.
func TestHTTP_Crowd(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	l := look(t, s)
	var f []*streamReader
	for {
		next, err := l.tryFollow(t, "limit=0")
		if err != nil {
			if !strings.Contains(err.Error(), "too many") {
				t.Fatal(err)
			}
			break
		}
		f = append(f, next)
	}
	if len(f) < 100 {
		t.Errorf("there may be %d streams", len(f))
	}
	addr := strings.TrimPrefix(l.base, "http://")
	const crowd = 2_000 // eight times what there may be
	for i := range crowd {
		c, err := dial(addr)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		if i%3 > 0 {
			c.conn.Write([]byte("GET /metrics HTTP/1.1\r\nX: "[:i%27])) // it may be turned away
		}
		defer c.close()
		if i%500 == 0 {
			look(t, s).mustSay(t, "/readyz", http.StatusOK, "ready\n")
			connect(t, s.addr).mustDo(t, "PING", pingedOnce)
		}
	}
	look(t, s).mustSay(t, "/healthz", http.StatusOK, "ok\n")
	for _, f := range f { // nobody's stream has ended for it
		f.until("state", func(string) bool { return true })
		f.until("state", func(string) bool { return true })
	}
	f[0].stop()
	eventually(t, "there is room for another", func() bool {
		_, err := l.tryFollow(t, "limit=0")
		return err == nil
	})
}
