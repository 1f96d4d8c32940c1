package commands

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// Who may have the server connect to a store that he names: by the setting and the address. The
// store that the operator has named is for everybody.
func TestSync_FromIsForWhomTheSettingSays(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 40_000} }
	locals := []net.Addr{tcp("127.0.0.1"), tcp("::1"), tcp("::ffff:127.0.0.1"), &net.UnixAddr{Net: "unix"}}
	foreign := []net.Addr{tcp("192.0.2.7"), tcp("172.17.0.1"), tcp("2001:db8::1"), tcp("0.0.0.0")}
	const from = "PT.SYNC START vec: FROM nonsense" // whoever may say FROM is told that it is no store
	for _, test := range []struct {
		access         Access
		local, foreign bool
	}{{"", false, false}, {AccessNo, false, false}, {AccessLocal, true, false}, {AccessYes, true, true}} {
		x := newServerWith(t, 0, Options{MaxCount: 1, SyncFrom: test.access})
		config := resp.DefaultConfig()
		config.Protected = false
		server, ln := resp.NewServer(x.Engine, zerolog.Nop(), config), &strangers{make(chan net.Conn), make(chan struct{})}
		served := make(chan error, 1)
		go func() { served <- server.Serve(ln) }()
		may := func(from net.Addr, line string, allowed bool) {
			t.Helper()
			got := ln.say(t, from, line)
			if refused := got == "-"+string(errSyncFrom)+"\r\n"; refused == allowed {
				t.Errorf("--enable-sync-from %q, %v: %s: %q", test.access, from, line, got)
			}
		}
		for _, line := range []string{from, "pt.sync start vec: dryrun from redis://127.0.0.1:1", "PT.SYNC START vec: SETTLE 5 FROM x MODE REPAIR"} {
			for _, who := range locals {
				may(who, line, test.local)
			}
			for _, who := range foreign {
				may(who, line, test.foreign)
			}
		}
		for _, who := range append(locals, foreign...) {
			may(who, "PT.SYNC START vec:", true)
			may(who, "PT.SYNC STATUS", true)
		}
		if err := server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		<-served
	}
}

// Whatever is said, and in whatever order, what may be a URL is shown to nobody.
func TestSync_WordsAreRedacted(t *testing.T) {
	const url = "redis://user:secret@host:6379"
	for line, want := range map[string]string{
		"PT.SYNC START vec: FROM " + url:                              "PT.SYNC START vec: FROM (redacted)",
		"pt.sync start vec: from " + url + " mode repair settle 50":   "pt.sync start vec: from (redacted) mode repair settle 50",
		"PT.SYNC START " + url + " FROM vec:":                         "PT.SYNC START (redacted) FROM (redacted)",
		"PT.SYNC START vec: " + url:                                   "PT.SYNC START vec: (redacted)",
		"PT.SYNC START vec: FORM " + url + " DRYRUN":                  "PT.SYNC START vec: (redacted) (redacted) DRYRUN",
		"PT.SYNC START vec: MODE " + url:                              "PT.SYNC START vec: MODE (redacted)",
		"PT.SYNC START vec: MODE LOAD FROM " + url + " FROM " + url:   "PT.SYNC START vec: MODE LOAD FROM (redacted) FROM (redacted)",
		"PT.SYNC START vec: SETTLE user:secret@host":                  "PT.SYNC START vec: SETTLE (redacted)",
		"PT.SYNC START vec: FROM " + strings.Repeat("secret", 10_000): "PT.SYNC START vec: FROM (redacted)",
	} {
		if got := bytes.Join(redactSync(words(line)), []byte(" ")); string(got) != want {
			t.Errorf("%.80s is shown as %.200q", line, got)
		}
		// Nor does an error repeat it.
		x := newServerWith(t, 0, Options{MaxCount: 1, SyncFrom: AccessYes})
		if got := do(x, line); strings.Contains(got, "secret") {
			t.Errorf("%.80s is answered %q", line, got)
		}
	}
}
