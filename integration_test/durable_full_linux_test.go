package integration_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// fullDisk is a server on a file system of its own, which is filled, and clients that each know their prefix.
type fullDisk struct {
	*mortal
	flags    []string
	prefixes []*ownedPrefix
	random   []*rand.Rand
	refused  atomic.Int64
}

// TestFullDisk: a log whose disk is full refuses changes before they are made, and nothing else. When there is
// room changes are taken again, without anybody's doing; and what was acknowledged is there after a kill -9
// at any point of it, which leaves no room for a new file.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "48m")
	ballast := []string{filepath.Join(disk, "ballast0"), filepath.Join(disk, "ballast1")}
	for i, size := range []int{10 << 20, 28 << 20} { // the second one is only to be removed
		if err := os.WriteFile(ballast[i], make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := &fullDisk{flags: []string{"--addr", "127.0.0.1:0", "--dir", filepath.Join(disk, "data"), "--max-count", everything, "--auto-aof-rewrite-percentage", "0"}}
	for i := range uint64(4) {
		f.prefixes = append(f.prefixes, newOwnedPrefix(fmt.Sprintf("full%d:", i), 1, 1<<22))
		f.random = append(f.random, rand.New(rand.NewPCG(1, i)))
	}
	f.start(t)
	f.fill(t)
	f.mustBeFull(t)
	f.mustHold(t)
	f.mustTakeAgain(t, ballast[0])
	f.mustHold(t)

	f.kill(t) // while there is room
	f.start(t)
	f.mustHold(t)
	f.fill(t)
	f.mustBeFull(t)

	f.kill(t) // while there is none
	f.start(t)
	f.mustHold(t)
	f.mustBeFull(t)
	f.mustTakeAgain(t, ballast[1])
	f.kill(t)
	f.start(t)
	f.mustHold(t)
	n := uint64(0)
	for _, p := range f.prefixes {
		n += p.bits.count()
	}
	t.Logf("%d IDs are there, %d changes were refused", n, f.refused.Load())
}

func (f *fullDisk) start(t *testing.T) {
	t.Helper()
	f.mortal = startMortal(t, f.flags...)
}

// fill changes IDs until everybody is refused.
func (f *fullDisk) fill(t *testing.T) {
	t.Helper()
	withConnections(t, len(f.prefixes), f.addr, func(worker int, c *client) error {
		for {
			full, err := f.round(f.prefixes[worker], f.random[worker], c)
			if full || err != nil {
				return err
			}
		}
	})
}

// round sends a pipeline. What is refused must not have been done.
func (f *fullDisk) round(p *ownedPrefix, random *rand.Rand, c *client) (full bool, err error) {
	ops := make([]op, 64)
	for i := range ops {
		ops[i] = p.change(random)
		if i%8 == 0 {
			ops[i] = p.scatter(random)
		}
		c.send(ops[i].commands[0]...)
	}
	for _, o := range ops {
		r, err := c.receive()
		if err != nil {
			return false, err
		}
		if strings.HasPrefix(r.text, "MISCONF Errors writing to the log: ") {
			f.refused.Add(1)
			full = true
			continue
		}
		if _, err := o.apply([]reply{r}); err != nil {
			return false, fmt.Errorf("%.100q: %w", o.commands, err)
		}
	}
	return full, nil
}

// scatter adds IDs all over the prefix: each has a word of its own in the log.
func (p *ownedPrefix) scatter(random *rand.Rand) op {
	args := []string{"PT.ADD", p.name}
	ids := p.draw(random, 1000)
	for _, id := range ids {
		args = append(args, strconv.FormatUint(id, 10))
	}
	return op{commands: [][]string{args}, apply: func(r []reply) (n uint64, err error) {
		p.exists()
		for _, id := range ids {
			n += p.added(id, id+1)
		}
		return n, wantInt(r[0], n)
	}}
}

// mustBeFull: changes are refused and said to be, and reads go on.
func (f *fullDisk) mustBeFull(t *testing.T) {
	t.Helper()
	c := connect(t, f.addr)
	eventually(t, "changes are refused", func() bool { // room kept for what was under way may be left
		full, err := f.round(f.prefixes[0], f.random[0], c)
		if err != nil {
			t.Fatal(err)
		}
		return full
	})
	info := c.mustReply(t, "INFO", "persistence").text
	for _, want := range []string{"\r\naof_last_write_status:err\r\n", "\r\naof_last_error:", "no space left on device"} {
		if !strings.Contains(strings.ToLower(info), want) {
			t.Errorf("INFO has no %q:\n%s", want, info)
		}
	}
	c.mustDo(t, "PT.EXISTS full0: 0", integer(int(f.prefixes[0].bits[0]&1)))
	c.mustDo(t, "PING", pingedOnce)
	f.mustSay(t, "changes are refused: the log cannot take them")
}

// mustSay wants a line in the program's log.
func (f *fullDisk) mustSay(t *testing.T, message string) {
	t.Helper()
	eventually(t, message, func() bool { return logLine(f.log.String(), message) != nil })
}

// mustHold compares all IDs with what the clients were told.
func (f *fullDisk) mustHold(t *testing.T) {
	t.Helper()
	c := connect(t, f.addr)
	for _, p := range f.prefixes {
		if _, err := p.compare(c, true); err != nil {
			t.Fatal(err)
		}
	}
}

// mustTakeAgain makes room, and nothing else.
func (f *fullDisk) mustTakeAgain(t *testing.T, ballast string) {
	t.Helper()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	c := connect(t, f.addr)
	p := f.prefixes[0]
	eventually(t, "changes are taken again", func() bool {
		full, err := f.round(p, f.random[0], c)
		if err != nil {
			t.Fatal(err)
		}
		return !full
	})
	if info := c.mustReply(t, "INFO", "persistence").text; !strings.Contains(info, "\r\naof_last_write_status:ok\r\n") {
		t.Errorf("INFO after there was room:\n%s", info)
	}
	f.mustSay(t, "changes are taken again")
}
