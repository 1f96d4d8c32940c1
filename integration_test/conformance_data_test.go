package integration_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

const noDisk = "nothing is kept on disk yet"

var networkChecks = []check{
	{id: "C103", claim: "port and address change while it runs", na: "addresses are flags"},
	{id: "C104", claim: "no address to listen on", own: true, run: func(t *testing.T, _ subject) {
		mustRefuse(t, exec.Command(binary, "--addr", ""), "addr")
	}},
	{id: "C105", claim: "protected mode", by: "TestProtectedMode of package resp"},
	{id: "C106", claim: "a plain client on the TLS port fails cleanly", by: "TestTLSRefusals"},
	{id: "C107", claim: "client certificates: yes, no, optional", by: "TestTLSClientCertificates"},
	{id: "C108", claim: "protocol versions are enforced", by: "TestTLSRefusals"},
	{id: "C109", claim: "TCP and TLS ports change while it runs", na: "addresses are flags"},
	{id: "C110", claim: "an encrypted key file", na: "keys are read in the clear, and an encrypted one refused at the start (TestTLSBadFiles)"},
}

var crashChecks = []check{
	{id: "C111", claim: "SIGABRT leaves one trace of all threads, SIGALRM ends nothing", own: true, run: func(t *testing.T, _ subject) {
		p := startProcess(t, exec.Command(binary, "--addr", "127.0.0.1:0"))
		eventually(t, "it listens", func() bool { return logLine(p.log.String(), "listening") != nil })
		addr, _ := logLine(p.log.String(), "listening")["addr"].(string)
		p.cmd.Process.Signal(syscall.SIGALRM)
		connect(t, addr).mustDo(t, "PING", pingedOnce)
		p.cmd.Process.Signal(syscall.SIGABRT)
		if code := p.waitExit(t); code == 0 || strings.Count(p.log.String(), "SIGABRT") != 1 || !strings.Contains(p.log.String(), "goroutine 1 ") {
			t.Errorf("it exited with %d and says\n%s", code, p.log.String())
		}
	}},
	{id: "C112", claim: "the watchdog", na: "there is no one thread that could stall"},
	{id: "C113", claim: "SIGTERM waits up to a limit", by: "TestDrainUnderLoad and TestSecondSignalEndsAtOnce"},
	{id: "C114", claim: "no stop when saving fails", na: noDisk},
	{id: "C115", claim: "temporary files are removed", na: noDisk},
	{id: "C116", claim: "a missing or empty file", na: noDisk},
	{id: "C117", claim: "a file that cannot be opened", na: noDisk},
	{id: "C118", claim: "a wrong checksum", na: noDisk},
	{id: "C119", claim: "a failed save refuses writes", na: noDisk},
	{id: "C120", claim: "a truncated log", na: noDisk},
	{id: "C121", claim: "a log of bad format", na: noDisk},
	{id: "C122", claim: "a damaged manifest", na: noDisk},
	{id: "C123", claim: "an interrupted upgrade", na: noDisk},
	{id: "C124", claim: "a rewrite under load", na: noDisk},
	{id: "C125", claim: "the order of fsync", na: noDisk},
	{id: "C126", claim: "corrupt payloads", na: noDisk + ", and there is no RESTORE"},
	{id: "C127", claim: "a child gives memory back", na: noDisk + ", and nothing is forked"},
}

var dataChecks = []check{
	{id: "C128", claim: "SCAN under writes returns what stays", by: "TestScanBesideChanges"},
	{id: "C129", claim: "BITCOUNT and BITPOS against a model", run: bitsAgainstModel},
	{id: "C130", claim: "offsets above 2^32", own: true, run: func(t *testing.T, s subject) {
		c := s.connect(t)
		for _, id := range []string{"4294967295", "4294967296", "4294967297", "281474976710655"} {
			c.mustDo(t, "SETBIT far "+id+" 1", integer(0))
			c.mustDo(t, "GETBIT far "+id, integer(1))
		}
		c.mustDo(t, "BITCOUNT far", integer(4))
		c.mustDo(t, "PT.SCAN far 0", array(bulk("0"), array(":4294967295\r\n", ":4294967296\r\n", ":4294967297\r\n", ":281474976710655\r\n")))
		c.mustDo(t, "PT.DROP far", integer(1))
	}},
	{id: "C131", claim: "a bit that does not change is no change to save", na: noDisk},
}

// bitsAgainstModel asks for counts and positions in random strings: also words that are full or
// empty, ranges that are negative, misaligned or empty.
func bitsAgainstModel(t *testing.T, s subject) {
	c := s.connect(t)
	random := rand.New(rand.NewPCG(5, 129))
	for round := range 30 {
		key := fmt.Sprintf("bits:%d", round)
		model := make([]byte, 1+random.IntN(200))
		for i := range model {
			model[i] = []byte{0, 0xff, byte(random.Uint32())}[random.IntN(3)]
		}
		model[len(model)-1] |= 1 // the length follows from the last bit
		for i, b := range model {
			for bit := range 8 {
				if b>>(7-bit)&1 == 1 {
					c.send("SETBIT", key, strconv.Itoa(i*8+bit), "1")
				}
			}
		}
		set := 0
		for _, b := range model {
			set += bits.OnesCount8(b)
		}
		for range set {
			if r, err := c.receive(); err != nil || r.raw != integer(0) {
				t.Fatal(r.raw, err)
			}
		}
		c.mustDo(t, "BITCOUNT "+key, integer(set))
		for range 40 {
			start, end := random.IntN(500)-250, random.IntN(500)-250
			unit, length := "BYTE", len(model)
			if random.IntN(2) == 0 {
				unit, length = "BIT", len(model)*8
			}
			first, last := clipRange(start, end, length)
			count, position := 0, -1
			for i := range len(model) * 8 {
				at := i
				if unit == "BYTE" {
					at = i / 8
				}
				if at >= first && at <= last && model[i/8]>>(7-i%8)&1 == 1 {
					count++
					if position < 0 {
						position = i
					}
				}
			}
			c.mustDo(t, fmt.Sprintf("BITPOS %s 1 %d %d %s", key, start, end, unit), integer(position))
			if start < 0 && end < 0 && start > end {
				count = 0
			}
			c.mustDo(t, fmt.Sprintf("BITCOUNT %s %d %d %s", key, start, end, unit), integer(count))
		}
	}
}

// clipRange is Redis's reading of a range that may count from the end.
func clipRange(start, end, length int) (first, last int) {
	if start < 0 {
		start = max(start+length, 0)
	}
	if end < 0 {
		end = max(end+length, 0)
	}
	return start, min(end, length-1)
}
