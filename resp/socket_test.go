package resp

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// miser is a connection that takes so many bytes at a time, and then has its deadline pass.
type miser struct {
	net.Conn
	takes, writes int
	got           []byte
	deadlines     []time.Time
}

func (m *miser) Write(p []byte) (int, error) {
	m.writes++
	n := min(m.takes, len(p))
	m.got = append(m.got, p[:n]...)
	if n == len(p) {
		return n, nil
	}
	return n, os.ErrDeadlineExceeded
}

func (m *miser) SetWriteDeadline(t time.Time) error {
	m.deadlines = append(m.deadlines, t)
	return nil
}

func writeTo(takes int, limit time.Duration) (*miser, *socket) {
	config := DefaultConfig()
	config.Write = limit
	m := &miser{takes: takes}
	return m, &socket{Conn: m, client: &Conn{Server: NewServer(nil, zerolog.Nop(), config)}}
}

// A client that takes a byte whenever somebody looks gets all of them; one that takes none is refused,
// once, when its time has come and not when somebody looks, and gets nothing more.
func TestSocket_Write(t *testing.T) {
	m, k := writeTo(1, time.Nanosecond)
	if n, err := k.Write([]byte("reply")); n != 5 || err != nil || string(m.got) != "reply" {
		t.Errorf("%d bytes, %v, %q came", n, err, m.got)
	}
	m, k = writeTo(0, 20*time.Millisecond)
	s := k.client.Server
	began := s.now()
	n, err := k.Write([]byte("reply"))
	if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) || s.now()-began < 20*time.Millisecond {
		t.Errorf("%d bytes, %v, after %v", n, err, s.now()-began)
	}
	m.takes, m.writes = 100, 0
	if n, err := k.Write([]byte("reply")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) || m.writes != 0 {
		t.Errorf("then %d bytes, %v, %d writes", n, err, m.writes)
	}
	if n := s.refusals[refusedSlowReader].count.Load(); n != 1 {
		t.Errorf("refused %d times", n)
	}
}

// Deadlines are set once in a while, none for a limit that is none or as long as can be, and none in
// the place of that which TLS sets for its last words.
func TestSocket_Deadlines(t *testing.T) {
	for _, test := range []struct {
		limit time.Duration
		last  bool
		want  int
	}{{time.Hour, false, 1}, {0, false, 0}, {forever, false, 0}, {forever - 1, false, 0}, {time.Hour, true, 1}} {
		m, k := writeTo(100, test.limit)
		if test.last {
			if err := k.SetWriteDeadline(time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		for range 10 {
			if _, err := k.Write([]byte("reply")); err != nil {
				t.Fatal(err)
			}
		}
		if len(m.deadlines) != test.want {
			t.Errorf("a limit of %v, last words %t: %d deadlines, want %d", test.limit, test.last, len(m.deadlines), test.want)
		}
	}
}

// What the kernel has got rid of is what the client has taken.
func TestUptake(t *testing.T) {
	var u uptake
	for i, step := range []struct {
		given  int64
		unsent int
		moved  bool
	}{{1000, 1000, false}, {1000, 1000, false}, {1000, 999, true}, {3000, 2999, false}, {3000, 2500, true}, {3000, 2500, false}, {4000, 0, true}} {
		if u.given = step.given; u.moved(step.unsent) != step.moved {
			t.Errorf("step %d: moved is not %t", i+1, step.moved)
		}
	}
}
