package commands

import (
	"strconv"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// idLines writes replies of one ID each. Those of one hundred differ in their
// last two digits alone: while a reply's ID is of the same hundred as the one
// before, only these are changed in it. That is most of the time when IDs ascend
// and lie close together.
type idLines struct {
	session *session // whose line is the reply before
	tracker tracker.Reader
	form    form
	shared  bool   // the line serves for all IDs of its hundred
	hundred uint64 // of the line
}

// write writes id as an integer, its key, or a member.
func (l *idLines) write(id uint64) {
	if hundred := id / 100; !l.shared || hundred != l.hundred {
		l.begin(id)
	} else {
		l.session.line.SetLastDigits(id - 100*hundred)
	}
	l.session.Line(&l.session.line)
}

// begin makes the line of id.
func (l *idLines) begin(id uint64) {
	c := l.session
	digits := 1
	switch l.form {
	case asKeys:
		c.key = l.tracker.AppendKey(c.key[:0], id)
		c.line.SetBulk(c.key)
		digits = l.tracker.Config().Width
	case asMembers:
		c.key = strconv.AppendUint(c.key[:0], id, 10)
		c.line.SetBulk(c.key)
	default:
		c.line.SetInt(id)
	}
	l.hundred, l.shared = id/100, id >= 100 || digits >= 2
}
