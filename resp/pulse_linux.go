package resp

// pulse returns what is closed when the loop has gone round, or has ended. It is
// the same for all who ask meanwhile.
func (l *loop) pulse() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked == nil {
		l.asked = make(chan struct{})
	}
	asked := l.asked
	if l.ended {
		l.beat()
	} else {
		l.rouse()
	}
	return asked
}

// beat answers them. The mutex is held.
func (l *loop) beat() {
	if l.asked != nil {
		close(l.asked)
		l.asked = nil
	}
}
