package integration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// loopThread is the thread of the one event loop of a process: it waits for 256 events, for a second.
func loopThread(t *testing.T, pid int) (tid int) {
	t.Helper()
	eventually(t, "the event loop waits", func() bool {
		files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
		if err != nil || len(files) == 0 {
			t.Fatalf("threads of process %d: %q, %v", pid, files, err)
		}
		for _, file := range files {
			text, _ := os.ReadFile(file) // it may have ended
			if args := strings.Fields(string(text)); len(args) > 4 && args[3] == "0x100" && args[4] == "0x3e8" {
				tid, err = strconv.Atoi(filepath.Base(filepath.Dir(file)))
				return err == nil
			}
		}
		return false
	})
	return tid
}

// TestSupervisor_HearsNothingFromLoopsThatStand stops the event loop's thread, and no other, as a debugger does. So the
// process lives, and its other threads do what they do by the clock; but its clients wait.
func TestSupervisor_HearsNothingFromLoopsThatStand(t *testing.T) {
	t.Parallel()
	if listener := os.Getenv("PT_LISTENER"); listener == "redcon" {
		t.Skip("there is no event loop")
	}
	super := newSuperviser(t, filepath.Join(t.TempDir(), "notify"))
	s := super.start(t, []string{"WATCHDOG_USEC=300000"}, "--loops", "1")
	eventually(t, "it hears that all is well", func() bool { return super.beats() >= 2 })

	runtime.LockOSThread() // it is this thread that has stopped the other
	defer runtime.UnlockOSThread()
	tid := loopThread(t, s.cmd.Process.Pid)
	if err := syscall.PtraceAttach(tid); err != nil {
		t.Fatal(err)
	}
	stands := true
	goOn := func() {
		if stands {
			stands = false
			if err := syscall.PtraceDetach(tid); err != nil {
				t.Fatal(err)
			}
		}
	}
	defer goOn()
	if _, err := syscall.Wait4(tid, nil, syscall.WALL, nil); err != nil {
		t.Fatal(err)
	}
	before := super.beats()
	eventually(t, "the log says so", func() bool {
		return logLine(s.log.String(), "an event loop does not go round: the supervisor is not told that all is well") != nil
	})
	time.Sleep(300 * time.Millisecond)      // it would be told three times
	if n := super.beats() - before; n > 1 { // one may have been under way
		t.Errorf("it heard %d times that all is well, with a loop that stood still", n)
	}
	goOn()
	before = super.beats()
	eventually(t, "it hears again that all is well", func() bool { return super.beats() >= before+2 })
	connect(t, s.addr).mustDo(t, "PING", simple("PONG"))
}
