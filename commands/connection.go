package commands

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/resp"
)

// message answers ECHO, and PING with a message.
func message(c *session, args [][]byte) error {
	if len(args[0]) > loopMessage && c.LeaveLoop() {
		return engine.ErrLater
	}
	c.Bulk(args[0])
	return nil
}

// authenticate lets the client in if user and password are right. Without a
// password set, any will do for the one user.
func (c *session) authenticate(user, password []byte) error {
	if string(user) != "default" {
		return errWrongPass
	}
	if c.Server == nil {
		return nil
	}
	switch c.Authenticate(password) {
	case nil:
		return nil
	case resp.ErrCallAgain:
		return engine.ErrLater
	case resp.ErrNotChecked:
		return errNotChecked
	default:
		return errWrongPass
	}
}

// maxName is the bytes of a name, which the server keeps as long as the connection
// lasts, beside all limits: ten thousand clients with all three of theirs must not
// matter.
const maxName = 512

// printable tells whether b may stand in a line of CLIENT LIST.
func printable(b []byte) bool {
	if len(b) > maxName {
		return false
	}
	for _, c := range b {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}

// noCluster answers what clients ask of a cluster, in words they understand.
func noCluster(*session, [][]byte) error { return errNoCluster }

var argOnOff = &engine.Arg{Name: "enabled", Type: engine.OneOf, Args: []*engine.Arg{engine.Token("ON"), engine.Token("OFF")}}

// on tells which of ON and OFF was said.
func (c *session) on() bool { return c.Options.Chose(argOnOff) == "ON" }

// describe is the line of CLIENT LIST for a session, with the fields of Redis's
// that mean something here.
func describe(s *engine.Session) string {
	p := s.Profile()
	command, protocol := s.Doing()
	if command == "" {
		command = "NULL"
	}
	m := s.Usage()
	addr, laddr := s.Names()
	redirection, events := -1, "r"
	if p.Tracking {
		redirection = 0
	}
	if m.Unsent > 0 {
		events = "rw"
	}
	return fmt.Sprintf("id=%d addr=%s laddr=%s fd=%d name=%s age=%d idle=%d flags=%s db=0 sub=0 psub=0 ssub=0 multi=%d "+
		"qbuf=%d qbuf-free=%d argv-mem=%d multi-mem=%d rbs=%d rbp=%d obl=%d oll=%d omem=%d tot-mem=%d events=%s "+
		"cmd=%s user=default redir=%d resp=%d lib-name=%s lib-ver=%s\n",
		s.ID, addr, laddr, s.FD(), p.Name, int64(s.Age().Seconds()), int64(s.Idle().Seconds()), clientFlags(p, s.UnixSocket() != ""), p.Queued,
		m.Input, m.InputRoom, m.Words, m.Kept, m.Replies, m.Largest, 0, m.Pieces, m.Unsent,
		m.Total+int(unsafe.Sizeof(*s))+int(unsafe.Sizeof(session{}))+len(p.Name)+len(p.LibName)+len(p.LibVer), events,
		command, redirection, protocol, p.LibName, p.LibVer)
}

func clientFlags(p engine.Profile, unix bool) string {
	var b strings.Builder
	for _, f := range []struct {
		on   bool
		flag byte
	}{{p.Monitor, 'O'}, {p.Queued >= 0, 'x'}, {p.Tracking, 't'}, {p.Broadcast, 'B'}, {unix, 'U'}, {p.NoEvict, 'e'}, {p.NoTouch, 'T'}} {
		if f.on {
			b.WriteByte(f.flag)
		}
	}
	if b.Len() == 0 {
		return "N"
	}
	return b.String()
}

// redirection is the client that hears, as Redis has it.
func redirection(t engine.Tracking) int64 {
	if t.Mode == engine.TrackNothing {
		return -1
	}
	return 0
}

// argClientTypes are Redis's, of which there is one here, the first.
var argClientTypes = []*engine.Arg{
	engine.Token("NORMAL"), engine.Token("MASTER"), engine.Token("REPLICA"), engine.Token("SLAVE"), engine.Token("PUBSUB")}

// ofType tells whether connections here are of the type that an option names; they
// are without it.
func (c *session) ofType(option *engine.Arg) bool {
	chose := c.Options.Chose(option)
	return chose == "" || chose == "NORMAL"
}

// noClientType refuses what is none of argClientTypes.
func noClientType(word []byte) (uint64, error) { return 0, errClientType(word) }
