package resp_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// TestBurstsAreReadToTheirEnd: while the server is at work, a client sends more
// than one read can take, and perhaps that it will send no more. There is no
// further sign of either, and yet all of it is answered, and the connection's end
// noticed.
func TestBurstsAreReadToTheirEnd(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		const read = 64 << 10
		for _, size := range []int{6, read - 6, read, read + 6, 2 * read, 2*read + 6, 5 * read} {
			for _, last := range []bool{false, true} {
				name := fmt.Sprintf("%d bytes, last: %t", size, last)
				entered, goOn := make(chan struct{}), make(chan struct{})
				_, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
					if string(args[0]) == "WAIT" {
						close(entered)
						<-goOn
					}
					c.OK()
				})
				nc, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer nc.Close()
				send := func(p []byte) {
					if _, err := nc.Write(p); err != nil {
						t.Error(err)
					}
				}
				send([]byte("WAIT\r\n"))
				<-entered
				sent := make(chan struct{})
				go func() {
					defer close(sent)
					commands := bytes.Repeat([]byte("PING\r\n"), size/6)
					commands = append(commands, bytes.Repeat([]byte("\n"), size%6)...)
					send(commands)
					if last {
						if err := nc.(*net.TCPConn).CloseWrite(); err != nil {
							t.Error(err)
						}
					}
				}()
				select {
				case <-sent:
				case <-time.After(time.Second): // more than the buffers between take; the more comes later
				}
				close(goOn)
				nc.SetReadDeadline(time.Now().Add(20 * time.Second))
				replies := make([]byte, (1+size/6)*len("+OK\r\n"))
				if _, err := io.ReadFull(nc, replies); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				<-sent
				if !last {
					continue
				}
				if n, err := nc.Read(replies); err != io.EOF {
					t.Fatalf("%s: behind the replies come %d bytes, %v", name, n, err)
				}
			}
		}
	})
}
