package web

import (
	"net/http"
	"time"
)

// impatient is the answer to a client who must take each piece of it in time: whoever
// does not read is left. How long it takes to have something to say is not his fault.
type impatient struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

// Write implements [http.ResponseWriter].
func (w *impatient) Write(p []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(w.patience)) // it can be set
	return w.ResponseWriter.Write(p)
}

// Flush implements [http.Flusher].
func (w *impatient) Flush() { _ = w.FlushError() }

// FlushError is Flush that tells whether the client is there.
func (w *impatient) FlushError() error {
	_ = w.control.SetWriteDeadline(time.Now().Add(w.patience)) // it can be set
	return w.control.Flush()
}

// Unwrap is for [http.ResponseController].
func (w *impatient) Unwrap() http.ResponseWriter { return w.ResponseWriter }
