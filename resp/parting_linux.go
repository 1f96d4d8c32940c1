package resp

import "time"

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

// closeParting ends those connections, as many as it gets to until a time. The last
// come first: all of them have waited for others.
func (l *loop) closeParting(until time.Duration) {
	for last := len(l.parting) - 1; last >= 0; last-- {
		lc := l.parting[last]
		l.parting[last] = nil
		l.parting = l.parting[:last]
		if lc.parting = false; lc.broken {
			lc.close()
		} else {
			lc.end()
		}
		if l.server.now() >= until {
			return
		}
	}
}
