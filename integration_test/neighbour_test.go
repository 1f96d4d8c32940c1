package integration_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// neighbour is a client that says PING each millisecond, and what it is to notice of the others is
// nothing. It is a process of its own: what the tests beside it do to theirs is none of the server's
// doing.
type neighbour struct {
	cmd  *exec.Cmd
	in   io.WriteCloser // a line asks for a lap
	laps *json.Decoder
}

// neighbourOf in the environment has this program be a neighbour at that address, see TestMain.
const neighbourOf = "TEST_NEIGHBOUR_OF"

func newNeighbour(t *testing.T, addr string) *neighbour {
	t.Helper()
	n := &neighbour{cmd: ahead(os.Args[0])}
	n.cmd.Env = append(n.cmd.Environ(), neighbourOf+"="+addr)
	n.cmd.Stderr = os.Stderr
	var err error
	if n.in, err = n.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	n.laps = json.NewDecoder(out)
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		n.cmd.Process.Kill()
		n.cmd.Wait()
	})
	n.lap(t) // it is there
	return n
}

// lap returns how long the answers took that came since the lap before. The one that is waited for
// is of this lap.
func (n *neighbour) lap(t *testing.T) (took []time.Duration) {
	t.Helper()
	if _, err := io.WriteString(n.in, "\n"); err != nil {
		t.Fatal("the neighbour has ended: ", err)
	}
	if err := n.laps.Decode(&took); err != nil {
		t.Fatal("the neighbour has ended: ", err)
	}
	return took
}

// stop ends it.
func (n *neighbour) stop(t *testing.T) {
	t.Helper()
	n.in.Close()
	if err := n.cmd.Wait(); err != nil {
		t.Fatal("the neighbour: ", err)
	}
}

// beNeighbour is the other process.
func beNeighbour(addr string, in io.Reader, out io.Writer) error {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		for lines := bufio.NewScanner(in); lines.Scan(); {
			asked <- struct{}{}
		}
	}()
	pause := time.NewTicker(time.Millisecond)
	defer pause.Stop()
	took, got := []time.Duration{}, make([]byte, len(pingedOnce))
	for {
		select {
		case _, more := <-asked:
			if !more {
				return nil
			}
			if err := json.NewEncoder(out).Encode(took); err != nil {
				return err
			}
			took = took[:0]
			continue
		case <-pause.C:
		}
		began := time.Now()
		conn.SetDeadline(began.Add(patience))
		if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, got); err != nil || string(got) != pingedOnce {
			return fmt.Errorf("PING: %q, %w", got, err)
		}
		took = append(took, time.Since(began))
	}
}
