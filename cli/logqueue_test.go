package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/rs/zerolog"
)

// reader is where a log goes, and whoever reads there: while it holds its lock
// nothing is taken, and with an error nothing ever.
type reader struct {
	sync.Mutex
	text strings.Builder
	err  error
}

func (r *reader) Write(p []byte) (int, error) {
	r.Lock()
	defer r.Unlock()
	if r.err != nil {
		return 0, r.err
	}
	return r.text.Write(p)
}

func (r *reader) fail(err error) {
	r.Lock()
	defer r.Unlock()
	r.err = err
}

func plain(w io.Writer) io.Writer { return w }

func newTestQueue(out io.Writer) (*logQueue, *observe.LogCounters) {
	count := new(observe.LogCounters)
	return newLogQueue(out, count, plain), count
}

// until polls for a condition.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain: ", what)
		}
	}
}

// What has no room is dropped, and the log says how much where it is missing.
func TestLogQueue_NobodyReads(t *testing.T) {
	var out reader
	q, count := newTestQueue(&out)
	out.Lock()
	const n, size = 3000, 1000
	for i := range n { // more than there is room for: this would wait for ever
		fmt.Fprintf(q, "%*d\n", size-1, i)
	}
	q.mu.Lock()
	waiting := q.bytes
	q.mu.Unlock()
	if waiting > logRoom || waiting < logRoom-size {
		t.Errorf("%d bytes wait, there is room for %d", waiting, logRoom)
	}
	kept := waiting / size
	if got := count.Read(); got != (observe.Log{Dropped: uint64(n - kept)}) {
		t.Errorf("%d lines wait, of %d: %+v", kept, n, got)
	}
	out.Unlock()
	q.close(time.Minute)
	lines := strings.Split(strings.TrimSuffix(out.text.String(), "\n"), "\n")
	if len(lines) <= kept {
		t.Fatalf("%d lines of %d and one about the others are %d", kept, n, len(lines))
	}
	for i, line := range lines[:kept] {
		if line != fmt.Sprintf("%*d", size-1, i) {
			t.Fatalf("line %d is %q", i, line)
		}
	}
	said := 0 // perhaps not in one go
	for _, line := range lines[kept:] {
		var lost int
		if _, err := fmt.Sscanf(line, `{"level":"warn","dropped":%d,`, &lost); err != nil {
			t.Errorf("behind the lines there is %q", line)
		}
		said += lost
	}
	if said != n-kept {
		t.Errorf("%d lines are said to be dropped, and %d are", said, n-kept)
	}
	if got := count.Read(); got.Written != uint64(len(lines)) {
		t.Errorf("%d lines are written: %+v", len(lines), got)
	}
}

// There is room again for as much as has been written.
func TestLogQueue_RoomComesBack(t *testing.T) {
	var out reader
	q, count := newTestQueue(&out)
	line := []byte(strings.Repeat("x", logRoom/3) + "\n")
	const n = 20
	for i := range n {
		q.Write(line)
		until(t, "the line is written", func() bool { return count.Read().Written == uint64(i+1) })
	}
	q.close(time.Minute)
	if got := count.Read(); got != (observe.Log{Written: n}) || out.text.Len() != n*len(line) {
		t.Errorf("of %d lines: %+v, %d bytes", n, got, out.text.Len())
	}
}

// A line that cannot be written is lost; the next that can comes behind the
// word about it.
func TestLogQueue_WritingFails(t *testing.T) {
	var out reader
	q, count := newTestQueue(&out)
	out.fail(errors.New("no space left"))
	for i := range 3 {
		fmt.Fprintln(q, "lost", i)
		until(t, "the line is lost", func() bool { return count.Read().Dropped == uint64(i+1) })
	}
	out.fail(nil)
	fmt.Fprintln(q, "there")
	q.close(time.Minute)
	lines := strings.Split(out.text.String(), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], `"dropped":3,`) || lines[1] != "there" {
		t.Errorf("the log is %q", lines)
	}
	if got := count.Read(); got != (observe.Log{Written: 2, Dropped: 3}) {
		t.Errorf("counted: %+v", got)
	}
}

// Whoever closes the queue waits for the lines, but not for ever; then there is
// no place for any.
func TestLogQueue_Close(t *testing.T) {
	var out reader
	q, count := newTestQueue(&out)
	out.Lock()
	fmt.Fprintln(q, "one")
	q.close(0) // this would wait for ever
	fmt.Fprintln(q, "two")
	out.Unlock()
	<-q.done
	until(t, "both are counted", func() bool { return count.Read().Dropped == 1 })
	if text := out.text.String(); !strings.HasPrefix(text, "one\n") || strings.Contains(text, "two") {
		t.Errorf("the log is %q", text)
	}
}

// Lines of many at once: each is whole, and written or counted.
func TestLogQueue_Concurrent(t *testing.T) {
	var out reader
	q, count := newTestQueue(&out)
	log := zerolog.New(q)
	const workers, each = 8, 2000
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				log.Info().Int("worker", w).Int("line", i).Msg("here")
			}
		})
	}
	wg.Wait()
	q.close(time.Minute)
	var here uint64
	next := [workers]int{}
	for line := range strings.Lines(out.text.String()) {
		var w, i int
		if n, _ := fmt.Sscanf(line, `{"level":"info","worker":%d,"line":%d,"message":"here"}`, &w, &i); n != 2 {
			if !strings.Contains(line, "log lines were dropped") {
				t.Fatalf("the log has %q", line)
			}
			continue
		}
		if i < next[w] {
			t.Fatalf("line %d of worker %d comes late", i, w)
		}
		here, next[w] = here+1, i+1
	}
	if got := count.Read(); here+got.Dropped != workers*each || got.Written < here {
		t.Errorf("%d lines are there, of %d: %+v", here, workers*each, got)
	}
}

func newFile(t *testing.T) *os.File {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// The word about lost lines has the format of the log and comes at any level.
func TestNewLogger_SaysWhatIsLost(t *testing.T) {
	for _, test := range []struct{ format, want string }{
		{logJSON, `"level":"warn","dropped":7,`}, {logPretty, "WRN"},
	} {
		count := new(observe.LogCounters)
		out := newFile(t)
		_, q := newLogger(out, zerolog.ErrorLevel, test.format, count)
		q.mu.Lock()
		q.dropped = 7
		q.mu.Unlock()
		q.wake()
		q.close(time.Minute)
		if _, err := out.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(out)
		if err != nil || !strings.Contains(string(text), test.want) || !strings.Contains(string(text), "log lines were dropped") {
			t.Errorf("%s: %q, %v", test.format, text, err)
		}
	}
}

// A program that has failed ends, also when nobody reads why.
func TestComplain(t *testing.T) {
	var out reader
	complain(&out, errors.New("no such setting"))
	if text := out.text.String(); text != "prefixtracker: no such setting\n" {
		t.Errorf("said: %q", text)
	}
	out.Lock()
	defer out.Unlock()
	complain(&out, errors.New("nobody reads this"))
}
