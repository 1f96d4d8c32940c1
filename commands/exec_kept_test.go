package commands

import (
	"fmt"
	"io"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// What a transaction changes is noted together, whatever was noted before in its
// batch: then it is one block of the log.
func TestExec_IsNotedAsAWhole(t *testing.T) {
	x := newServerWith(t, 0, Options{MaxCount: 65536})
	c, session := x.connect(io.Discard)
	c.Server = resp.NewServer(x.Engine, zerolog.Nop(), resp.DefaultConfig())
	notes := keep(t, c.Server, x.registry, x.Changes).NewBatch()
	session.Note(notes)
	do := func(words ...string) {
		args := make([][]byte, len(words))
		for i, w := range words {
			args[i] = []byte(w)
		}
		session.Serve(args)
	}
	const before, inside = 1000, 900
	for i := range before {
		do("PT.ADD", "v", fmt.Sprint(i*128))
	}
	do("MULTI")
	for i := range inside {
		do("PT.ADD", "v", fmt.Sprint(1<<30+i*128))
	}
	do("EXEC")
	if n := notes.Len(); n < inside {
		t.Errorf("of %d changes of a transaction %d are yet to be logged", inside, n)
	}
}
