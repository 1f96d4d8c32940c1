package resp_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
)

// disk is a directory whose syncs wait, and whose writes fail, while a test says so.
type disk struct {
	journal.FS
	syncing sync.RWMutex // write-locked: syncs wait
	failing atomic.Bool
}

// hold has syncs wait until what it returns is called, or the test ends.
func (d *disk) hold(t *testing.T) (letGo func()) {
	d.syncing.Lock()
	letGo = sync.OnceFunc(d.syncing.Unlock)
	t.Cleanup(letGo)
	return letGo
}

func (d *disk) Create(name string) (journal.File, error) {
	f, err := d.FS.Create(name)
	return &diskFile{f, d}, err
}

func (d *disk) Open(name string) (journal.File, error) {
	f, err := d.FS.Open(name)
	return &diskFile{f, d}, err
}

type diskFile struct {
	journal.File
	disk *disk
}

func (f *diskFile) Sync() error {
	f.disk.syncing.RLock()
	defer f.disk.syncing.RUnlock()
	return f.File.Sync()
}

var errDisk = errors.New("the disk does not write")

func (f *diskFile) WriteAt(p []byte, off int64) (int, error) {
	if f.disk.failing.Load() {
		return 0, errDisk
	}
	return f.File.WriteAt(p, off)
}

// ids is a tracker with a log.
type ids struct {
	*bitmap.Bitmap
	object journal.Object
}

func (*ids) MaxID() uint64             { return 0 }
func (t *ids) Object() *journal.Object { return &t.object }

// keeper is a handler that keeps IDs in a log.
type keeper struct {
	disk *disk
	log  *journal.Log
	ids  ids

	resting chan struct{}
}

type nothing struct{}

func (nothing) Create(uint64, []byte) (journal.Loader, error) {
	return nil, errors.New("there is nothing")
}
func (nothing) Drop(uint64) error { return nil }

func newKeeper(t *testing.T, policy journal.Policy) *keeper {
	t.Helper()
	dir, err := journal.Directory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{disk: &disk{FS: dir}, resting: make(chan struct{})}
	k.ids.Bitmap = new(bitmap.Bitmap)
	k.log, _, err = journal.Open(journal.Options{FS: k.disk, Target: nothing{}, BootID: [16]byte{1}, Policy: policy,
		Objects: func(yield func(journal.Entry) bool) { yield(journal.Entry{Tracked: &k.ids}) }})
	if err != nil {
		t.Fatal(err)
	}
	k.log.Create(&k.ids, nil)
	k.log.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := k.log.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return k
}

func (k *keeper) Open(c *resp.Conn) resp.Session { return &keeping{c: c, keeper: k} }

// keeping is a session of a keeper.
type keeping struct {
	c      *resp.Conn
	keeper *keeper
	notes  *journal.Batch
	later  bool
}

func (s *keeping) Note(b *journal.Batch) { s.notes = b }

func (s *keeping) Serve(args [][]byte) {
	var id uint64
	if len(args) > 1 {
		id, _ = strconv.ParseUint(string(args[1]), 10, 64)
	}
	t := &s.keeper.ids
	switch string(args[0]) {
	case "GET":
		s.c.Bool(t.Test(id))
		return
	case "QUIT":
		s.c.OK()
		s.c.CloseAfterReply()
		return
	case "AWAY": // a set that is done off the loop
		if s.c.LeaveLoop() {
			return
		}
	case "LATER": // a set that is settled off the loop
		s.later = true
	case "REST": // off the loop, until the test goes on
		if !s.c.LeaveLoop() {
			s.c.Rest(func() { <-s.keeper.resting })
			s.c.OK()
		}
		return
	}
	s.notes.Open()
	t.Set(id)
	if string(args[0]) == "BOOM" {
		panic("seeded")
	}
	if s.keeper.log.Policy() == journal.EverySec {
		s.notes.Claimed(t, id, 1) // the first one waits, until there is a window
	} else {
		s.notes.Changed(t, id)
	}
	if string(args[0]) == "MUCH" { // a set with a reply that does not wait for its end
		s.c.BulkString(muchKept)
		return
	}
	s.c.OK()
}

var muchKept = strings.Repeat("x", 3<<20)

func (*keeping) Settle() {}
func (s *keeping) EndBatch() {
	if s.later && s.c.SettleLater() {
		return
	}
	s.later = false
}
func (*keeping) Close() {}

// serveKept serves a keeper.
func serveKept(t *testing.T, loops int, policy journal.Policy) (k *keeper, s *resp.Server, addr string) {
	t.Helper()
	k = newKeeper(t, policy)
	s, addr, _ = serve(t, loops, k)
	s.Keep(k.log)
	return k, s, addr
}
