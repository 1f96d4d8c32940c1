package resp_test

import (
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// A message is written as replies are, but nothing of it is sent before it is pushed, however long it
// is; it comes behind the reply to the command at hand, and never amid those of a batch.
func TestPush_WholeMessagesBehindReplies(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	invalidation := func(protocol int) *resp.Message {
		m := resp.NewMessage(protocol)
		m.PushHeader(2)
		m.BulkString("invalidate")
		m.Null()
		return m
	}
	shout := resp.NewMessage(2)
	shout.SimpleString(long)
	if err := shout.Flush(); err != nil {
		t.Fatal(err)
	}
	shout.OK()
	messages := map[string]*resp.Message{"TWO": invalidation(2), "THREE": invalidation(3), "LONG": shout}
	eachTransport(t, func(t *testing.T, loops int) {
		_, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			c.OpenPush()
			if string(args[0]) == "BOOM" {
				c.Push(messages["TWO"])
				panic("seeded")
			}
			if m := messages[string(args[0])]; m != nil {
				c.Push(m)
			}
			c.BulkString(long)
		})
		c, r := dial(t, addr)
		reply := "$200000\r\n" + long + "\r\n"
		send(t, c, "TWO\r\nTHREE\r\nLONG\r\nLAST\r\n")
		expect(t, r, strings.Repeat(reply, 4)+"*2\r\n$10\r\ninvalidate\r\n$-1\r\n>2\r\n$10\r\ninvalidate\r\n_\r\n+"+long+"\r\n+OK\r\n")
		send(t, c, "TWO\r\nLAST\r\n")
		expect(t, r, reply+reply+"*2\r\n$10\r\ninvalidate\r\n$-1\r\n")

		c, r = dial(t, addr) // and when the command that opened it has failed
		send(t, c, "BOOM\r\n")
		expect(t, r, "-ERR internal error\r\n*2\r\n$10\r\ninvalidate\r\n$-1\r\n")
	})
}

// What was pushed before goes out before the reply to a command that asks for it, whole and in its
// order, even if the command then fails; what is pushed later comes behind, and so does everything
// while replies are muted.
func TestPush_SentBeforeTheReply(t *testing.T) {
	long := strings.Repeat("x", 300_000)
	eachTransport(t, func(t *testing.T, loops int) {
		_, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			if string(args[0]) == "NOBODY" {
				c.SendPushed()
				c.OK()
				return
			}
			c.OpenPush()
			push := func(text string) {
				m := resp.NewMessage(2)
				m.SimpleString(text)
				c.Push(m)
			}
			switch string(args[0]) {
			case "SEND":
				push("1")
				push(long)
				push("2")
				c.SendPushed()
				c.SendPushed()
				push("3")
				c.OK()
			case "BOOM":
				push("1")
				c.SendPushed()
				c.Array(2)
				panic("seeded")
			case "MUTED":
				c.Mute(true)
				push("1")
				c.SendPushed()
				c.OK()
				c.Mute(false)
				c.OK()
			}
		})
		c, r := dial(t, addr)
		send(t, c, "NOBODY\r\n")
		expect(t, r, "+OK\r\n")
		send(t, c, "SEND\r\n")
		expect(t, r, "+1\r\n+"+long+"\r\n+2\r\n+OK\r\n+3\r\n")
		send(t, c, "BOOM\r\n")
		expect(t, r, "+1\r\n-ERR internal error\r\n")
		send(t, c, "MUTED\r\n")
		expect(t, r, "+OK\r\n+1\r\n")
	})
}
