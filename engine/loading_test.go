package engine

import (
	"errors"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
)

type emptyTarget struct{}

func (emptyTarget) Create(uint64, []byte) (journal.Loader, error) { return nil, errors.New("nothing") }
func (emptyTarget) Drop(uint64) error                             { return nil }

// What comes before all is read is refused, and so is a change in a batch that has
// begun before: nobody would note it.
func TestLoading_NothingIsChangedUnnoted(t *testing.T) {
	waiting := make(chan struct{})
	e, addr, server := serveLoading(t, waiting)
	dir, err := journal.Directory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	log, _, err := journal.Open(journal.Options{FS: dir, Target: emptyTarget{}, Objects: func(func(journal.Entry) bool) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close(t.Context()) })
	c, amid := dial(t, addr), dial(t, addr)
	for _, word := range []string{"READ k", "WRITE k", "FLUSH"} {
		c.do(word, "-"+string(ErrLoading))
	}
	c.do("PANIC", "-ERR internal error")
	amid.say("LONGREAD", "WRITE k", "MULTI", "WRITE k", "EXEC", "READ k")
	amid.hear("$200000\n")
	server.Keep(log)
	e.Loaded()
	close(waiting)
	refused := "-" + string(ErrLoading) + "\n"
	amid.hear(longReply + "\n" + refused + "+OK\n" + refused + "-EXECABORT Transaction discarded because of previous errors.\n+OK\n")
	amid.do("WRITE k", "+OK")
	c.do("WRITE k", "+OK")
}
