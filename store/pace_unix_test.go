//go:build unix

package store

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

var scanKeys = flag.Int("scan-keys", 0, "keys of TestScan_Pace, 0 for a short replay")

// TestScan_Pace compares Scan with a bare loop of SCAN on one connection, of which nothing is made
// but lines, and looks at the memory meanwhile. It fails only when asked to measure: other tests run beside it.
func TestScan_Pace(t *testing.T) {
	keys := *scanKeys
	pairs := 7
	if keys == 0 {
		keys, pairs = 50000, 1
	}
	r := redistest.Start(t, "--enable-debug-command", "yes")
	r.Do(t, "DEBUG", "POPULATE", strconv.Itoa(keys), "vec", "8") // vec:0 …
	s, err := Open("redis://" + r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fastest, bareFastest := time.Hour, time.Hour
	for range pairs {
		began := time.Now()
		own, its := ownCPU(), serverCPU(t, r)
		n := bareScan(t, r.Addr, "vec:*")
		ownBare, itsBare := ownCPU()-own, serverCPU(t, r)-its
		bare := time.Since(began)
		if n != keys {
			t.Errorf("the bare loop found %d keys, want %d", n, keys)
		}
		var found atomic.Int64
		var most atomic.Int64
		own, its = ownCPU(), serverCPU(t, r)
		began = time.Now()
		if err := s.Scan(context.Background(), "vec:", func(keys []string) error {
			if found.Add(int64(len(keys)))%7 == 0 {
				most.Store(max(most.Load(), int64(residentBytes(t))))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		if found.Load() < int64(keys) {
			t.Errorf("Scan found %d keys, want %d", found.Load(), keys)
		}
		own, its = ownCPU()-own, serverCPU(t, r)-its
		t.Logf("processor time here and there: Scan %.2f and %.2f s, the bare loop %.2f and %.2f s", own, its, ownBare, itsBare)
		fastest, bareFastest = min(fastest, took), min(bareFastest, bare)
		t.Logf("Scan %v, the bare loop %v; RSS at most %d MB", took, bare, most.Load()>>20)
	}
	// What else the machine does only adds to the times: the least of each are compared.
	pace, ratio := float64(keys)/fastest.Seconds(), float64(fastest)/float64(bareFastest)
	t.Logf("Scan %v (%.2f M keys/s), the bare loop %v: %.2fx", fastest, pace/1e6, bareFastest, ratio)
	if *scanKeys > 0 && pace < 1e6 && ratio > 1.2 {
		t.Error("too slow")
	}
}

// bareScan reads replies to SCAN COUNT 10000 line by line, one after the other.
func bareScan(t *testing.T, addr, pattern string) (keys int) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 1<<19)
	line := func() string {
		text, err := in.ReadSlice('\n')
		if err != nil {
			t.Fatal(err)
		}
		return string(text[:len(text)-2])
	}
	for cursor := "0"; ; {
		fmt.Fprintf(conn, "*6\r\n$4\r\nSCAN\r\n$%d\r\n%s\r\n$5\r\nMATCH\r\n$%d\r\n%s\r\n$5\r\nCOUNT\r\n$5\r\n10000\r\n", len(cursor), cursor, len(pattern), pattern)
		line() // *2
		line() // $
		cursor = line()
		n, err := strconv.Atoi(strings.TrimPrefix(line(), "*"))
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			size, err := in.ReadSlice('\n')
			if err != nil {
				t.Fatal(err)
			}
			length, _ := strconv.Atoi(string(size[1 : len(size)-2]))
			if _, err := io.CopyN(io.Discard, in, int64(length+2)); err != nil {
				t.Fatal(err)
			}
		}
		if keys += n; cursor == "0" {
			return keys
		}
	}
}

func residentBytes(t *testing.T) uint64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.Sys
	}
	pages, _ := strconv.ParseUint(strings.Fields(string(text))[1], 10, 64)
	return pages * uint64(os.Getpagesize())
}

func ownCPU() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func serverCPU(t *testing.T, s *redistest.Server) (sum float64) {
	for line := range strings.Lines(s.Do(t, "INFO", "cpu")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_user" || name == "used_cpu_sys" {
			f, _ := strconv.ParseFloat(value, 64)
			sum += f
		}
	}
	return sum
}
