package load

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"time"
)

// haste is for how long a request goes at once wherever servers send it. Two that do not agree send it to and fro:
// after that there are pauses.
const haste = 10 * time.Millisecond

// redirected tells whether the reply to a request says that it is to go elsewhere, or to come later: it has not been
// done, and is sent again. Who is sent to and fro for longer than the patience gets that for a reply.
func (w *worker) redirected(n *conn, place uint32) bool {
	word, rest, _ := bytes.Cut(n.replies.reply.Text, []byte(" "))
	elsewhere, stale := false, true // who has what is to be asked for
	var beside uint32               // the place
	switch string(word) {
	case "MOVED":
		elsewhere = true
	case "ASK":
		elsewhere, beside = true, withAsking
	case "TRYAGAIN":
		stale = false
	case "CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY":
	default:
		return false
	}
	c, now := n.client, w.now()
	r := &c.batch[place]
	if r.since == 0 {
		r.since, r.why = now, ""
	}
	trouble := now - r.since
	if elsewhere && !w.spread || w.config.Patience == 0 || trouble > w.config.Patience {
		return false
	}
	slot, addr := target(string(rest), n.addr)
	if !elsewhere || addr == "" {
		if stale {
			w.refresh()
		}
		w.later(again{client: c, place: place, why: n.said()})
		return true
	}
	w.stats.Redirected++
	if beside == 0 {
		w.config.Route.Moved(slot, addr)
		r.Slot = slot
	}
	if to := w.conn(c, addr); trouble <= haste {
		w.hand(to, place|beside, nil)
	} else {
		w.later(again{client: c, place: place | beside, to: to, why: n.said()})
	}
	return true
}

// said is the last reply, for people.
func (n *conn) said() string { return string(cut(n.replies.reply.Text, longestFault)) }

// target reads where MOVED or ASK sends: a slot and an address, which is without a host where that is the one of who
// says so, and has no brackets about an IPv6 address.
func target(text, sender string) (slot uint16, addr string) {
	number, addr, _ := strings.Cut(text, " ")
	addr, _, _ = strings.Cut(addr, " ")
	n, err := strconv.ParseUint(number, 10, 14)
	at := strings.LastIndexByte(addr, ':')
	if err != nil || at < 0 {
		return 0, ""
	}
	host, port := strings.Trim(addr[:at], "[]"), addr[at+1:]
	switch host {
	case "":
		host, _, _ = net.SplitHostPort(sender)
	case "?": // it does not know it
		return 0, ""
	}
	return uint16(n), net.JoinHostPort(host, port)
}
