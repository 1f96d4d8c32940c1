package cli

import "math"

// webSettings are how the server is shown over HTTP.
type webSettings struct {
	addr     webAddress
	profiles bool
	prefixes int
}

// webAddress is where; "" is nowhere.
type webAddress struct {
	text   string
	chosen bool // somebody has said so: it must be this one
}

// defaultWebAddress is beside that of the clients.
const defaultWebAddress = "127.0.0.1:7172"

// mostWatchers is how many connections there can be over HTTP, and watcherRoom how much
// memory a machine has for each of them that there can be: those who look on are never
// as many as those who work. watcherTakes is how much of it is set aside for each, with
// what is made for them together.
const (
	mostWatchers = 256
	watcherRoom  = 2 << 20
	watcherTakes = 128 << 10
)

// watchers is how many connections there can be, none where there is no address.
func (s *webSettings) watchers() int {
	if s.addr.text == "" {
		return 0
	}
	return mostWatchers
}

// watchersWithin is how many of them there can be on a machine with so many bytes, 0 for
// unknown.
func watchersWithin(watchers int, machine int64) int {
	if machine > 0 {
		watchers = int(min(int64(watchers), machine/watcherRoom))
	}
	return watchers
}

func webRows() []row {
	return []row{{
		flag: "http-addr", byDefaultText: defaultWebAddress + ", or nowhere if that is taken",
		usage: `where to show the server over HTTP: health, metrics, JSON, a page; "" or off is nowhere`,
		value: in(webAddressKind(), func(c *config) *webAddress { return &c.web.addr }),
	}, {
		flag: "http-pprof", byDefault: "no",
		usage: "show profiles of the running program at /debug/pprof/, to whoever may see the rest",
		value: in(yesNo(), func(c *config) *bool { return &c.web.profiles }),
	}, {
		flag: "metrics-prefixes", byDefault: "1000",
		usage: "how many prefixes, the largest, have metrics of their own; the others are summed up",
		value: in(number[int]("", 0, math.MaxInt), func(c *config) *int { return &c.web.prefixes }),
	}}
}

// webAddressKind is an address, or off. A variable that is empty says nothing, so there
// is a word for that.
func webAddressKind() kind[webAddress] {
	const off = "off"
	k := address()
	return kind[webAddress]{
		placeholder: k.placeholder + "|off",
		must:        k.must + `, or off`,
		read: func(text string) (webAddress, error) {
			if text == "" || text == off {
				return webAddress{chosen: true}, nil
			}
			text, err := k.read(text)
			return webAddress{text, true}, err
		},
		write: func(a webAddress) string {
			if a.text == "" {
				return off
			}
			return a.text
		},
	}
}
