package integration_test

import (
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// store is a real redis-server, the target store that the workers fill.
type store struct {
	*process
	addr, port string
}

func startRedis(t *testing.T, flags ...string) *store {
	t.Helper()
	requireProgram(t, "redis-server", "redis-server")
	// Another process may take the port between freePort and the bind: then try again.
	for range 5 {
		port := freePort(t)
		s := &store{
			process: startProcess(t, exec.Command("redis-server", append([]string{"--port", port, "--bind", "127.0.0.1",
				"--save", "", "--appendonly", "no", "--dir", t.TempDir()}, flags...)...)),
			addr: net.JoinHostPort("127.0.0.1", port),
			port: port,
		}
		eventually(t, "redis-server answers", func() bool { return s.answers() || s.hasExited() })
		if !s.hasExited() {
			return s
		}
	}
	t.Fatal("redis-server found no free port")
	return nil
}

// answers is true when this very process serves the port, not another one that was faster.
func (s *store) answers() bool {
	c, err := dial(s.addr)
	if err != nil {
		return false
	}
	defer c.close()
	info, err := c.do("INFO", "server")
	return err == nil && strings.Contains(info.text, fmt.Sprintf("process_id:%d\r\n", s.cmd.Process.Pid))
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
