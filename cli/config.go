package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// config is what the settings say, read and checked. It does not change once
// the server runs.
type config struct {
	file settingsFile      // without a path there is none
	by   map[string]string // who has said each setting that somebody has said, by its flag

	addr     string
	trackers tracker.Config // of prefixes made without PT.CREATE
	maxCount int
	memory   int64 // bytes for trackers, or machineMemory

	kept persistence // what CONFIG SET changes of it, the keeper has

	password, passwordFile string
	tls                    tlsFiles
	unixSocket             string
	unixSocketMode         fs.FileMode

	web  webSettings
	sync syncSettings

	server   resp.Config // without the password: a file may have it
	listener string
	loops    int // 0 for as many as suit the machine
	shutdown time.Duration

	debug, protected commands.Access
	slowThreshold    time.Duration
	slowLength       int
	latencyThreshold time.Duration
	logLevel         zerolog.Level
	logFormat        string // "" for what suits standard error
}

// tlsFiles are what TLS needs; without an address there is none.
type tlsFiles struct {
	addr, cert, key, ca string
	clients             resp.ClientCertificates // "" for what suits ca
}

// machineMemory stands for what the machine or the container has.
const machineMemory = -1

// maxLoops is more event loops than any machine has a use for; each is a thread.
const maxLoops = 1024

// The values of --listener.
const (
	listenerAuto   = "auto"
	listenerLoop   = "loop"
	listenerRedcon = "redcon"
)

func newConfig() *config {
	c := &config{
		by:       map[string]string{},
		trackers: tracker.Config{Width: tracker.DefaultWidth},
		memory:   machineMemory,
		server:   resp.DefaultConfig(),
		web:      webSettings{addr: webAddress{text: defaultWebAddress}},
	}
	c.server.QueryMemory, c.server.MaxClients = machineMemory, machineMemory
	return c
}

var errTwoPasswords = errors.New("--requirepass and --requirepass-file exclude each other")

// check returns what is wrong with settings that are right each by itself, and
// completes those that follow from others.
func (c *config) check() error {
	switch {
	case c.listener == listenerLoop && resp.DefaultLoops() == 0:
		return errors.New("--listener loop: there are event loops on Linux only")
	case c.password != "" && c.passwordFile != "":
		return errTwoPasswords
	}
	for _, path := range []*string{&c.kept.dir, &c.file.path} { // as CONFIG GET and INFO have them, and for whoever reads the log
		if whole, err := filepath.Abs(*path); err == nil && *path != "" {
			*path = whole
		}
	}
	switch {
	case c.listener == listenerRedcon:
		c.server.Loops = 0
	case c.loops > 0 && c.server.Loops > 0:
		c.server.Loops = c.loops
	}
	if err := c.sync.check(); err != nil {
		return err
	}
	return c.tls.check()
}

func (t *tlsFiles) check() error {
	if (t.cert == "") != (t.addr == "") || (t.key == "") != (t.addr == "") {
		return errors.New("--tls-addr, --tls-cert and --tls-key need each other")
	}
	switch {
	case t.clients == "" && t.ca != "":
		t.clients = resp.ClientsRequired
	case t.clients == "":
		t.clients = resp.ClientsNone
	}
	if t.addr != "" && t.clients != resp.ClientsNone && t.ca == "" {
		return fmt.Errorf("--tls-auth-clients %s needs --tls-ca", t.clients)
	}
	return nil
}

// load reads the files; the result is nil without TLS.
func (t *tlsFiles) load() (*resp.Certificates, error) {
	if t.addr == "" {
		return nil, nil
	}
	c := &resp.Certificates{Cert: t.cert, Key: t.key, CA: t.ca, Clients: t.clients}
	return c, c.Load()
}

// readPassword returns what clients must give, "" for nothing. It reads the
// file of the password, if there is one.
func (c *config) readPassword() (string, error) {
	if c.passwordFile == "" {
		return c.password, nil
	}
	file, err := os.Open(c.passwordFile)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	defer file.Close()
	// A file that never ends, as of a device, has no password either.
	text, err := io.ReadAll(io.LimitReader(file, resp.MaxPassword+int64(len("\r\n"))+1))
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	switch {
	case password == "":
		return "", fmt.Errorf("password: %s is empty", c.passwordFile)
	case len(password) > resp.MaxPassword:
		return "", fmt.Errorf("password: that of %s is longer than the %d bytes that a client can give", c.passwordFile, resp.MaxPassword)
	}
	return password, nil
}
