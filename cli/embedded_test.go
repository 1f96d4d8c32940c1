package cli

import (
	"os"
	"testing"

	"github.com/prefixtracker/prefixtracker/remote"
)

// It is a whole tracker, asks for no memory that the machine has not, and leaves nothing behind.
func TestEmbedded(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	e, err := startEmbedded(rows(), "redis://127.0.0.1:1/?wait=1ms")
	if err != nil {
		t.Fatal(err)
	}
	client, err := e.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := client.Do(t.Context(), "PT.CLAIMNEXT", "vec:", "COUNT", "3"); err != nil {
		t.Errorf("claimed %v, %v", n, err)
	}
	// It knows its store.
	id, err := client.StartSync(t.Context(), remote.SyncRequest{Prefix: "vec:", Mode: "load"})
	if err != nil || id != 1 {
		t.Errorf("sync %d, %v", id, err)
	}
	client.Close()
	dir := e.dir
	e.stop()
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 || err != nil || dir == "" {
		t.Errorf("it leaves %v, %v", left, err)
	}
	if _, err := e.dial(t.Context()); err == nil {
		t.Error("it goes on")
	}
}
