package integration_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// anotherMachine has the data look as if the machine had started anew since they were written.
func anotherMachine(t *testing.T, dir string) {
	t.Helper()
	for _, name := range files(t, dir) {
		if strings.HasPrefix(name, "incr-") {
			changeHead(t, filepath.Join(dir, name), 32, []byte("another machine."))
		}
	}
}

const machineStopped = "the machine has stopped since: free IDs that may have been handed out are skipped"

// TestCut_IsToldFromAnEnd: IDs that may have been handed out are skipped after a cut of the power, and not after
// an end in good order.
func TestCut_IsToldFromAnEnd(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir := t.TempDir()
	start := func() (*mortal, *client) {
		s := startMortal(t, "--addr", "127.0.0.1:0", "--dir", dir)
		return s, connect(t, s.addr)
	}
	s, c := start()
	c.mustDo(t, "PT.CREATE io: MAXID 1000000", simple("OK"))
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 3", integers(0, 3))
	c.mustDo(t, "WAITAOF 1 0 0", array(integer(1), integer(0)))
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 3", integers(3, 6))
	s.end(t)
	anotherMachine(t, dir)
	s, c = start()
	if line := logLine(s.log.String(), machineStopped); line != nil {
		t.Errorf("after an end in good order: %v", line)
	}
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 3", integers(6, 9))
	c.mustDo(t, "WAITAOF 1 0 0", array(integer(1), integer(0)))
	s.kill(t)
	anotherMachine(t, dir)
	s, c = start()
	skipped, _ := logLine(s.log.String(), machineStopped)["skipped_ids"].(float64)
	if skipped < 1 || skipped > 1_000_000/16 {
		t.Errorf("%v IDs are skipped:\n%s", skipped, s.log.String())
	}
	if got := infoField(t, c, "aof_quarantined_ids"); got != int64(skipped) {
		t.Errorf("INFO has %d skipped IDs, the log %v", got, skipped)
	}
	c.mustDo(t, "PT.COUNT io:", integer(9+int(skipped)))
	s.end(t)
}

var used = regexp.MustCompile(`(incr-\d+\.pt): log, \d+ bytes, (\d+) of them used`)

// TestCut_TornEnd: what has not reached the disk is cut, and said, or refused if somebody wants that.
func TestCut_TornEnd(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir := t.TempDir()
	s := startMortal(t, "--addr", "127.0.0.1:0", "--dir", dir)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADD x: 1", integer(1))
	c.mustDo(t, "PT.ADD x: 2", integer(1))
	s.kill(t)
	last := used.FindStringSubmatch(checkData(t, 0, dir))
	if last == nil {
		t.Fatal("no file of the log is used")
	}
	patch(t, filepath.Join(dir, last[1]), int64(atoi(t, last[2])-1), []byte{0xff})
	mustContain(t, checkData(t, 0, dir), "did not reach the disk", "whole")
	mustRefuse(t, newServerCommand("--dir", dir, "--aof-load-truncated", "no"), last[1], "did not reach the disk")
	again := keeping(t, dir)
	if line := logLine(again.log.String(), "the end of the log has not reached the disk"); !strings.Contains(line["where"].(string), last[1]) {
		t.Errorf("the log has %v", line)
	}
	connect(t, again.addr).mustDo(t, "PT.MEXISTS x: 1 2", array(integer(1), integer(0)))
}
