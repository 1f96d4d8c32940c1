package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// pretender is a server that answers what says says to each command.
func pretender(t *testing.T, says func(words []string) string) (addr string) {
	t.Helper()
	return redistest.Accept(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			words, err := readWords(r)
			if err != nil {
				return
			}
			if _, err := io.WriteString(c, says(words)); err != nil {
				return
			}
		}
	})
}

func readWords(r *bufio.Reader) (words []string, err error) {
	number := func() (n int) {
		line, e := r.ReadString('\n')
		if err = e; err == nil {
			n, err = strconv.Atoi(strings.TrimSpace(line[1:]))
		}
		return n
	}
	for n := number(); n > 0 && err == nil; n-- {
		word := make([]byte, number()+2)
		if err == nil {
			_, err = io.ReadFull(r, word)
		}
		words = append(words, string(word[:len(word)-2]))
	}
	return words, err
}

// single answers as a server that is alone, and to SCAN what scan says.
func single(scan func(cursor string) string) func(words []string) string {
	return func(words []string) string {
		switch words[0] {
		case "HELLO":
			return "*4\r\n+version\r\n+7.0.0\r\n+proto\r\n:3\r\n"
		case "INFO":
			info := "run_id:1\r\nredis_mode:standalone\r\nrole:master\r\n"
			return fmt.Sprintf("$%d\r\n%s\r\n", len(info), info)
		case "SCAN":
			return scan(words[1])
		}
		return "+OK\r\n"
	}
}

// A list that goes round in a circle is no list, however long the circle is.
func TestScan_Circle(t *testing.T) {
	t.Parallel()
	for _, long := range []int{1, 2, 7, 100} {
		addr := pretender(t, single(func(cursor string) string {
			n, _ := strconv.Atoi(cursor)
			if n++; n > 1000 {
				n -= long
			}
			return fmt.Sprintf("*2\r\n+%d\r\n*1\r\n+vec:%d\r\n", n, n)
		}))
		var pages atomic.Int64
		err := open(t, "redis://"+addr+"?wait=1s").Scan(t.Context(), "vec:", func([]string) error { pages.Add(1); return nil })
		if err == nil || !strings.Contains(err.Error(), "circle") {
			t.Errorf("a circle of %d: %v after %d pages", long, err, pages.Load())
		}
	}
}

// Servers that have fallen silent hold up the end of all connections to them no longer than that of one.
func TestClose_SilentServers(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := open(t, "redis://"+server.Addr).(*servers)
	for i := range 5 {
		c, err := s.take(t.Context(), server.Addr)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			s.give(c)
		}
	}
	defer server.Pause()()
	began := time.Now()
	s.Close()
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := s.take(t.Context(), server.Addr); err != errClosed {
		t.Error(err)
	}
}

// Who does not wait any more for a server that has fallen silent is let go at once, whatever he has asked.
func TestStore_SilentServerHoldsNobody(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(Store, context.Context) error{
		"exists": func(s Store, ctx context.Context) error {
			_, err := s.Exists(ctx, []string{"vec:1"}, nil)
			return err
		},
		"size": func(s Store, ctx context.Context) error { _, err := s.Size(ctx); return err },
		"scan": func(s Store, ctx context.Context) error {
			return s.Scan(ctx, "vec:", func([]string) error { return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			s := open(t, "redis://"+server.Addr)
			if err := ask(s, t.Context()); err != nil {
				t.Fatal(err)
			}
			defer server.Pause()()
			ctx, end := context.WithCancel(t.Context())
			var began time.Time
			time.AfterFunc(100*time.Millisecond, func() {
				began = time.Now()
				end()
			})
			if err := ask(s, ctx); err == nil {
				t.Error("no error")
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// A Cluster of one that sends to itself, to nowhere, or says what is no answer, is asked no longer than it may be waited for.
func TestExists_LedNowhere(t *testing.T) {
	t.Parallel()
	for _, says := range []string{"-MOVED 1 %s\r\n", "-ASK 1 %s\r\n", "-MOVED 1 :0\r\n", "-MOVED\r\n", "-MOVED x y z\r\n", "-CLUSTERDOWN x\r\n", "+yes\r\n", "*1\r\n:1\r\n", "_\r\n"} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			var addr string
			alone := single(nil)
			addr = pretender(t, func(words []string) string {
				text, host, port := "", "", ""
				switch words[0] {
				case "INFO":
					text = "run_id:1\r\nredis_mode:cluster\r\nrole:master\r\n"
				case "CLUSTER":
					if host, port, _ = strings.Cut(addr, ":"); words[1] != "NODES" {
						return "*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n+" + host + "\r\n:" + port + "\r\n+a\r\n"
					}
					text = "a " + addr + "@1 myself,master - 0 0 1 connected 0-16383\n"
				case "EXISTS":
					return strings.ReplaceAll(says, "%s", addr)
				default:
					return alone(words)
				}
				return fmt.Sprintf("$%d\r\n%s\r\n", len(text), text)
			})
			began := time.Now()
			_, err := open(t, "redis://"+addr+"?wait=300ms").Exists(t.Context(), []string{"vec:1", "vec:2"}, nil)
			if took := time.Since(began); err == nil || took > 5*time.Second {
				t.Errorf("%v after %v", err, took)
			}
		})
	}
}
