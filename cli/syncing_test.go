package cli

import (
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// A server that is to load is not ready from its beginning on, and one that is not is.
func TestSyncing_WaitsFromTheBeginning(t *testing.T) {
	for flag, want := range map[string]string{"--sync-on-start": "syncing with the store", "--follow": ""} {
		c, err := readSettings(rows(), nothing, givenFlags("--store", "redis://127.0.0.1:1"), givenFlags("--sync-prefixes", "vec:"), givenFlags(flag, "yes"))
		if err != nil {
			t.Fatal(err)
		}
		registry, err := tracker.NewRegistry(c.trackers, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(registry.Close)
		s := newSyncing(c.sync, zerolog.Nop())
		if err := s.open(registry, nil); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.close)
		if got := s.Figures().Waiting; got != want {
			t.Errorf("%s: it waits for %q, want %q", flag, got, want)
		}
	}
}

func TestWait_Text(t *testing.T) {
	for want, w := range map[string]wait{
		"syncing with the store":                                                          {},
		"syncing with the store: vec: 1,234,567 keys read":                                {prefix: "vec:", job: 3},
		"syncing with the store: a?b 1,234,567 keys read; it was tried again after: x??y": {prefix: "a\nb", trouble: "x\x1b\ry"},
	} {
		if got := w.text(1234567); got != want {
			t.Errorf("%+v: %q, want %q", w, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 123456: "123,456", 18446744073709551615: "18,446,744,073,709,551,615"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
