package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"
)

// Visitor is what the server of the clients knows of whoever has connected here: the
// rules are the same. It is safe for concurrent use.
type Visitor interface {
	// Strict tells whether those are protected who have set no password.
	Strict() bool
	// Enter returns an error for a visitor who may not come in, whatever he says.
	Enter() error
	// NeedsPassword tells whether there is a password.
	NeedsPassword() bool
	// Authenticate returns an error unless the password is right, and may wait.
	Authenticate(ctx context.Context, password string) error
}

const (
	denied = "Prefix Tracker is in protected mode, because no password is set, and shows this over loopback, at localhost or an address, only. " +
		"To look on from elsewhere start the server with --requirepass or --requirepass-file, or, in a network where everybody may, with --protected-mode=no.\n"
	passwordWanted = "a password is wanted: that of the server, for the user default, or as Authorization: Bearer\n"
	onlyReading    = "only GET and HEAD: nothing can be changed here\n"
	noBody         = "a request has nothing behind its header here\n"
	foreign        = "other sites may not ask here\n"
)

// decent is what holds for every answer.
func (s *Server) decent(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				s.options.Log.Error().Interface("panic", p).Bytes("stack", debug.Stack()).Msg("panic in the answer to a request")
				panic(http.ErrAbortHandler)
			}
		}()
		g := guestOf(r.Context())
		g.busy()
		defer g.rest()
		w = &impatient{w, http.NewResponseController(w), s.patience}
		control := http.NewResponseController(w) // which can set deadlines, so that errors say nothing
		_ = control.SetReadDeadline(time.Time{}) // it is read, and somebody sees when its client goes
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		body := r.ContentLength != 0
		if body {
			h.Set("Connection", "close") // nobody reads it, so what comes behind cannot be found
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			line(w, http.StatusMethodNotAllowed, onlyReading)
			return
		}
		if body {
			line(w, http.StatusBadRequest, noBody)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admitted is for those who may come in.
func (s *Server) admitted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := guestOf(r.Context()).visitor
		switch {
		case v.Enter() != nil, v.Strict() && !namesThisMachine(r.Host):
			line(w, http.StatusForbidden, denied)
		case isForeign(r):
			line(w, http.StatusForbidden, foreign)
		case v.NeedsPassword() && !s.knows(v, r):
			w.Header().Set("WWW-Authenticate", `Basic realm="Prefix Tracker", charset="UTF-8"`)
			line(w, http.StatusUnauthorized, passwordWanted)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// namesThisMachine tells whether a Host is localhost or an address. A name that somebody
// else has made to mean this machine, so that his page may read what is here, is none.
func namesThisMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// isForeign tells whether a browser says that the page of another site asks, and not for
// the page to go to.
func isForeign(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// knows tells whether the request has the password. None given is not a wrong one.
func (s *Server) knows(v Visitor, r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	if ok && user != "" && user != "default" {
		return false
	}
	if !ok {
		const scheme = "Bearer "
		given := r.Header.Get("Authorization")
		if len(given) <= len(scheme) || !strings.EqualFold(given[:len(scheme)], scheme) {
			return false
		}
		password = given[len(scheme):]
	}
	g := guestOf(r.Context())
	g.rest() // that may take its time, and nobody knows who it is
	defer g.busy()
	return v.Authenticate(r.Context(), password) == nil
}

// line answers with a line of text.
func line(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // who has gone does not read it
}
