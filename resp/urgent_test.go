//go:build unix

package resp_test

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// TestUrgentDataHidesNothing: the kernel's reads stop in front of a byte of urgent data, which nobody
// wants, so there is more behind a short read.
func TestUrgentDataHidesNothing(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		for range 20 {
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
			raw, err := nc.(*net.TCPConn).SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			send := func(text string, flags int) {
				var sendErr error
				if err := raw.Control(func(fd uintptr) { sendErr = syscall.Sendto(int(fd), []byte(text), flags, nil) }); err != nil || sendErr != nil {
					t.Fatal(err, sendErr)
				}
			}
			send("WAIT\r\n", 0)
			<-entered
			send("PING\r\n", 0)
			send("!", syscall.MSG_OOB)
			send("PING\r\nPING\r\n", 0)
			close(goOn)
			nc.SetReadDeadline(time.Now().Add(20 * time.Second))
			if _, err := io.ReadFull(nc, make([]byte, 4*len("+OK\r\n"))); err != nil {
				t.Fatal(err)
			}
		}
	})
}
