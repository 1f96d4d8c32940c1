package commands

import (
	"strconv"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// idLines writes replies of one ID each. Those of one hundred differ in their
// last two digits alone: while a reply's ID is of the same hundred as the one
// before, only these are changed in a copy of it. That is most of the time
// when IDs ascend and lie close together.
type idLines struct {
	session *session // whose line is the reply before
	tracker *tracker.Tracker
	form    form
	hundred uint64 // of the line; noHundred: the line serves for nothing else
}

const noHundred = ^uint64(0)

func newIDLines(s *session, t *tracker.Tracker, f form) idLines {
	return idLines{s, t, f, noHundred}
}

// write writes id as an integer, its key, or a member.
func (l *idLines) write(c *resp.Conn, id uint64) {
	hundred := id / 100
	if hundred != l.hundred {
		l.begin(id)
	} else {
		end := l.session.line[len(l.session.line)-len("00\r\n"):]
		last := byte(id - 100*hundred)
		end[0], end[1] = '0'+last/10, '0'+last%10
	}
	c.Encoded(l.session.line)
}

// begin makes the line of id.
func (l *idLines) begin(id uint64) {
	s := l.session
	digits := 1
	switch l.form {
	case asKeys:
		s.key = l.tracker.AppendKey(s.key[:0], id)
		s.bulkLine()
		digits = l.tracker.Config().Width
	case asMembers:
		s.key = strconv.AppendUint(s.key[:0], id, 10)
		s.bulkLine()
	default:
		s.line = strconv.AppendUint(append(s.line[:0], ':'), id, 10)
	}
	s.line = append(s.line, '\r', '\n')
	l.hundred = noHundred
	if id >= 100 || digits >= 2 {
		l.hundred = id / 100
	}
}

// bulkLine makes the line a bulk string of the key, but for its end.
func (s *session) bulkLine() {
	s.line = strconv.AppendInt(append(s.line[:0], '$'), int64(len(s.key)), 10)
	s.line = append(append(s.line, '\r', '\n'), s.key...)
}
