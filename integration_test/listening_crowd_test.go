package integration_test

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
)

// TestListeningCrowd has thousands of clients who hear of what others do: each is told of all, in order.
// That no event loop is held for it is what engine's TestCrowd_… and TestMonitors_… show.
func TestListeningCrowd(t *testing.T) {
	onLinux(t)
	n := 4000
	needDescriptors(t, uint64(n))
	const changes = 10
	for name, test := range map[string]struct {
		setup []string
		hears func(i int) string // of change i
	}{
		"readers of a key": {
			[]string{"HELLO 3", "CLIENT TRACKING ON", "PT.COUNT k"},
			func(i int) string {
				if i > 0 {
					return "" // they have not read it again
				}
				return ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"
			},
		},
		"listeners": {
			[]string{"HELLO 3", "CLIENT TRACKING ON BCAST"},
			func(int) string { return ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n" },
		},
		"monitors": {
			[]string{"MONITOR"},
			func(i int) string { return fmt.Sprintf("\"PT.ADD\" \"k\" \"%d\"\r\n", i) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, "--max-clients", strconv.Itoa(n+100))
			crowd := make([]*client, n)
			inParallel(t, 8, func(worker int) error {
				for i := worker; i < n; i += 8 {
					c, err := dial(s.addr)
					if err != nil {
						return err
					}
					crowd[i] = c
					for _, line := range test.setup {
						if r, err := c.do(words(line)...); err != nil || r.kind == '-' {
							return fmt.Errorf("%s: %q, %w", line, r.raw, err)
						}
					}
				}
				return nil
			})
			defer func() {
				for _, c := range crowd {
					c.close()
				}
			}()
			for i := range changes { // each by a client that is on an event loop
				c := connect(t, s.addr)
				c.mustDo(t, "PT.ADD k "+strconv.Itoa(i), integer(1))
				c.close()
			}
			var want []byte
			for i := range changes {
				want = append(want, test.hears(i)...)
			}
			inParallel(t, 8, func(worker int) error {
				for i := worker; i < n; i += 8 {
					if err := crowd[i].hears(want); err != nil {
						return fmt.Errorf("client %d: %w", i, err)
					}
				}
				return nil
			})
		})
	}
}

// hears wants the next lines to be these, but for what stands before them in a line of MONITOR.
func (c *client) hears(want []byte) error {
	for line := range bytes.Lines(want) {
		for {
			got, err := c.in.ReadBytes('\n')
			if err != nil {
				return err
			}
			if bytes.Contains(got, []byte(`] "`)) && !bytes.Contains(got, []byte(`] "PT.ADD"`)) {
				continue // what the others did before they became monitors
			}
			if !bytes.HasSuffix(got, line) {
				return fmt.Errorf("%q, want %q", got, line)
			}
			break
		}
	}
	return nil
}
