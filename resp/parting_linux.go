package resp

import (
	"slices"
	"time"
)

// partSlice is how long connections are ended in a turn: of thousands that end at
// once nobody is to wait for each.
const partSlice = time.Millisecond / 4

// part has lc end soon: its client has gone, or the server stops.
func (l *loop) part(lc *loopConn) {
	if !lc.parting {
		lc.parting = true
		l.parting = append(l.parting, lc)
	}
}

// closeParting ends those connections in their order, as many as it gets to until a
// time.
func (l *loop) closeParting(until time.Duration) {
	done := 0
	for done < len(l.parting) {
		lc := l.parting[done]
		done++
		if lc.parting = false; lc.broken {
			lc.close()
		} else {
			lc.end()
		}
		if l.server.now() >= until {
			break
		}
	}
	l.parting = slices.Delete(l.parting, 0, done)
}
