package resp_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// authenticating is a handler of AUTH, and of AMID, which has begun to reply before it does the same.
func authenticating(waitedOnLoop *atomic.Int32) handlerFunc {
	return func(c *resp.Conn, args [][]byte) {
		switch string(args[0]) {
		case "PING":
			c.SimpleString("PONG")
			return
		case "AMID":
			c.Array(1)
		}
		onLoop := c.OnLoop()
		err := c.Authenticate(args[1])
		switch err {
		case resp.ErrCallAgain:
			return
		case nil:
			c.SimpleString("OK")
		default:
			c.Error(err.Error())
		}
		if onLoop && err == resp.ErrWrongPassword {
			waitedOnLoop.Add(1)
		}
	}
}

// A password that has to wait to be checked leaves the loop, and is not checked where that is not
// possible: amid a reply. What waits ends with its connection.
func TestAuthenticate_DoesNotWaitOnALoop(t *testing.T) {
	loops := onLoops(t)
	var checkedOnLoop atomic.Int32
	server, addr, _ := start(t, loops, authenticating(&checkedOnLoop))
	server.SetPassword("right")
	const wrong, notChecked = "-wrong password\r\n", "-password not checked\r\n"
	began := time.Now()
	one, fromOne := dial(t, addr)
	for range 3 {
		send(t, one, "AUTH wrong\r\n")
		expect(t, fromOne, wrong)
	}
	free := checkedOnLoop.Load()
	if free != 3 {
		t.Errorf("%d of 3 free attempts were checked on the loop", free)
	}
	// These come faster than the delays of their address end, unless the machine is too busy.
	inTime := true
	for i := range 5 {
		send(t, one, "AUTH wrong\r\nPING\r\n")
		amid, fromAmid := dial(t, addr)
		send(t, amid, "AMID right\r\nPING\r\n")
		expect(t, fromAmid, "*1\r\n"+notChecked+"+PONG\r\n")
		expect(t, fromOne, wrong+"+PONG\r\n")
		if i == 0 { // it is off the loop now
			inTime = checkedOnLoop.Load() == free || time.Since(began) < time.Second/2
		}
	}
	// Killed while they wait, and gone.
	for range 20 {
		waits, _ := dial(t, addr)
		send(t, waits, "AUTH right\r\nPING\r\n")
		_ = waits.Close()
	}
	last, fromLast := dial(t, addr)
	send(t, last, "AUTH right\r\nPING\r\n")
	expect(t, fromLast, "+OK\r\n+PONG\r\n")
	if n := checkedOnLoop.Load(); n != free && inTime {
		t.Errorf("%d attempts that had to wait did so on the loop", n-free)
	}
}

// When the server stops, who waits to be checked waits no longer and is not told that the password is
// wrong.
func TestAuthenticate_EndsWithTheServer(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		var checkedOnLoop atomic.Int32
		server, addr, _ := start(t, loops, authenticating(&checkedOnLoop))
		server.SetPassword("right")
		a, fromA := dial(t, addr)
		send(t, a, strings.Repeat("AUTH wrong\r\n", 200))
		for range 5 { // they do not wait for those that wait
			expect(t, fromA, "-wrong password\r\n")
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(fromA)
		if err != nil || !bytes.HasSuffix(rest, []byte("-password not checked\r\n")) {
			t.Errorf("when the server stops the last is told %q, %v", rest, err)
		}
	})
}
