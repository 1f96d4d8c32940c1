package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// embedded is a tracker inside this program, for it alone: a server with the defaults of all settings, that keeps
// nothing and tells nobody of itself.
type embedded struct {
	options  remote.Options // where it is
	registry *tracker.Registry
	beside   *syncing
	serving  *serving
	dir      string // of its socket, "" for none
}

// startEmbedded starts one beside a store. settings are all there are.
func startEmbedded(settings []row, store string) (e *embedded, err error) {
	c, err := readRows(settings, settings, func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	c.sync.store = store
	c.fitMachine(availableMemory())
	e = new(embedded)
	defer func() {
		if err != nil {
			e.stop()
		}
	}()
	if e.registry, err = tracker.NewRegistry(c.trackers, tracker.NewBudget(c.memory)); err != nil {
		return nil, err
	}
	beside := newSyncing(c.sync, zerolog.Nop())
	handler := commands.New(e.registry, commands.Options{MaxCount: c.maxCount, Version: Version, Protected: commands.AccessNo, Sync: beside})
	if err = beside.open(e.registry, handler.Recorder()); err != nil {
		return nil, err
	}
	e.beside = beside
	ln, err := e.listen(&c.server)
	if err != nil {
		return nil, err
	}
	server := resp.NewServer(handler, zerolog.Nop(), c.server)
	e.serving, err = startServing(server, func() ([]listener, error) { return []listener{{Listener: ln, serve: server.Serve}}, nil })
	return e, err
}

// listen opens a socket in a directory that nobody else may look into; where there are none, a port with a password
// that nobody else knows.
func (e *embedded) listen(c *resp.Config) (ln net.Listener, err error) {
	if e.dir, err = os.MkdirTemp("", programName+"-"); err == nil {
		e.options.Network, e.options.Address = "unix", filepath.Join(e.dir, "ids.sock")
		if ln, err = resp.ListenUnix(e.options.Address, 0o600); err == nil {
			return ln, nil
		}
	}
	c.Password = rand.Text()
	ln, tcp := net.Listen("tcp", "127.0.0.1:0")
	if tcp != nil {
		return nil, errors.Join(err, tcp)
	}
	e.options = remote.Options{Network: "tcp", Address: ln.Addr().String(), Password: c.Password}
	return ln, nil
}

// stop ends it, and all that it knows.
func (e *embedded) stop() {
	if e.serving != nil {
		e.serving.cutOff()
	}
	if e.beside != nil {
		e.beside.close()
	}
	if e.registry != nil {
		e.registry.Close()
	}
	if e.dir != "" {
		_ = os.RemoveAll(e.dir) // what is left there is empty
	}
}

// dial connects with it.
func (e *embedded) dial(ctx context.Context) (*remote.Client, error) {
	return remote.Dial(ctx, e.options)
}
