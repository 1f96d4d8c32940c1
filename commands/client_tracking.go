package commands

import (
	"strings"

	"github.com/prefixtracker/prefixtracker/engine"
)

var (
	optBroadcast = &engine.Arg{Name: "bcast", Type: engine.PureToken, Token: "BCAST", Optional: true, Repeats: true}
	optPrefix    = &engine.Arg{Name: "prefix", Type: engine.String, Token: "PREFIX", Optional: true, Repeats: true}
	optOptIn     = &engine.Arg{Name: "optin", Type: engine.PureToken, Token: "OPTIN", Optional: true, Repeats: true}
	optOptOut    = &engine.Arg{Name: "optout", Type: engine.PureToken, Token: "OPTOUT", Optional: true, Repeats: true}
	optNoLoop    = &engine.Arg{Name: "noloop", Type: engine.PureToken, Token: "NOLOOP", Optional: true, Repeats: true}
)

// CLIENT TRACKING ON|OFF [BCAST] [PREFIX prefix] [OPTIN] [OPTOUT] [NOLOOP]
var clientTrackingSpec = &engine.Spec{
	Name: "CLIENT|TRACKING", Arity: -3, Flags: []string{"loading"},
	Long:  true,
	Group: groupConnection, Summary: "Tells the client, in RESP3, what has changed of all that it reads, of what CLIENT CACHING announces (OPTIN) or does not except (OPTOUT), or of all keys with some prefixes (BCAST; PREFIX may come several times).",
	Complexity: "O(n) for n prefixes; OFF for n prefixes kept", Since: "0.1.0", Reply: "OK",
	Args:    []*engine.Arg{argOnOff, optBroadcast, optPrefix, optOptIn, optOptOut, optNoLoop},
	AsRedis: true, BadOption: errTrackingOption,
	Run: run(clientTracking),
}

// What the prefixes of one client are at most: they are kept as long as it likes.
const (
	maxTrackedPrefixes = 64
	maxTrackedBytes    = 4096
)

func clientTracking(c *session, args [][]byte) error {
	if !c.on() {
		c.Untrack()
		c.OK()
		return nil
	}
	o, now := c.Options, c.Tracking()
	t := engine.Tracking{Mode: engine.TrackReads, NoLoop: o.Has(optNoLoop)}
	broadcast, in, out := o.Has(optBroadcast), o.Has(optOptIn), o.Has(optOptOut)
	switch {
	case !broadcast && o.Has(optPrefix):
		return errTrackingPrefix
	case now.Mode != engine.TrackNothing && broadcast != (now.Mode == engine.TrackBroadcast):
		return errTrackingSwitch
	case broadcast && (in || out):
		return errTrackingBroadcastOpt
	case in && out:
		return errTrackingBoth
	case in && now.Mode == engine.TrackOptOut, out && now.Mode == engine.TrackOptIn:
		return errTrackingSwitchOpt
	case broadcast:
		t.Mode = engine.TrackBroadcast
		var err error
		if t.Prefixes, err = morePrefixes(now.Prefixes, args[1:]); err != nil {
			return err
		}
	case in:
		t.Mode = engine.TrackOptIn
	case out:
		t.Mode = engine.TrackOptOut
	}
	if err := c.Track(t); err != nil {
		return err
	}
	c.OK()
	return nil
}

// morePrefixes returns the prefixes among the options of a client that has some.
// Without any it is the one that every key has.
func morePrefixes(had []string, options [][]byte) (more []string, err error) {
	for i := 0; i < len(options); i++ {
		if engine.Is(options[i], "PREFIX") {
			i++
			more = append(more, string(options[i]))
			if len(had)+len(more) > maxTrackedPrefixes {
				return nil, errTrackingMany
			}
		}
	}
	size := 0
	for i, prefix := range more {
		size += len(prefix)
		for _, other := range had {
			if overlap(prefix, other) {
				return nil, errTrackingOverlap(prefix, "an existing", other)
			}
		}
		for _, other := range more[i+1:] {
			if overlap(prefix, other) {
				return nil, errTrackingOverlap(prefix, "another provided", other)
			}
		}
	}
	for _, prefix := range had {
		size += len(prefix)
		if prefix == "" && len(more) == 0 {
			return nil, nil
		}
	}
	if size > maxTrackedBytes {
		return nil, errTrackingMany
	}
	if len(more) == 0 {
		more = []string{""}
	}
	return more, nil
}

// overlap tells whether some key has both prefixes.
func overlap(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// errTrackingOption tells Redis's other way to be told from what is no word of
// Redis's.
func errTrackingOption(word []byte) error {
	if engine.Is(word, "REDIRECT") {
		return errTrackingRedirect
	}
	return engine.ErrSyntax
}
