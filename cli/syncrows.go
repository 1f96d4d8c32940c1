package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// syncSettings are what the settings say about the store beside the server.
type syncSettings struct {
	store     string // its URL, "" for none
	prefixes  []string
	onStart   bool
	follow    bool
	configure bool // may set what the store tells
	settle    time.Duration
	from      commands.Access
}

func syncRows() []row {
	yes := func(field func(*syncSettings) *bool) place {
		return in(yesNo(), func(c *config) *bool { return field(&c.sync) })
	}
	return []row{{
		flag:  "store",
		usage: "the store whose keys the prefixes are of; as a flag other users of the machine can see a password in it, so prefer a file of settings",
		value: in(storeURL(), func(c *config) *string { return &c.sync.store }),
		redis: shown("store", func(c *config) string { return c.sync.where() }),
	}, {
		flag:  "sync-prefixes",
		usage: "which prefixes --sync-on-start and --follow are for, with commas between them",
		value: in(prefixes(), func(c *config) *[]string { return &c.sync.prefixes }),
		redis: shown("sync-prefixes", func(c *config) string { return prefixes().write(c.sync.prefixes) }),
	}, {
		flag: "sync-on-start", byDefault: writeYesNo(false),
		usage: "add what the store has when the server starts; it is not ready before that is done",
		value: yes(func(s *syncSettings) *bool { return &s.onStart }),
		redis: shown("sync-on-start", func(c *config) string { return writeYesNo(c.sync.onStart) }),
	}, {
		flag: "follow", byDefault: writeYesNo(false),
		usage: "hear of what is set, deleted, expired and evicted in the store, and do the same",
		value: yes(func(s *syncSettings) *bool { return &s.follow }),
		redis: shown("follow", func(c *config) string { return writeYesNo(c.sync.follow) }),
	}, {
		flag: "follow-configure", byDefault: writeYesNo(false),
		usage: "for that, set notify-keyspace-events in the store where it tells too little",
		value: yes(func(s *syncSettings) *bool { return &s.configure }),
		redis: shown("follow-configure", func(c *config) string { return writeYesNo(c.sync.configure) }),
	}, {
		flag: "sync-settle", byDefault: defaultSettle.String(),
		usage: "how long after a first look an ID is looked at again: it is wrong only if it is so each time",
		value: in(settle(), func(c *config) *time.Duration { return &c.sync.settle }),
		redis: shown("sync-settle", func(c *config) string { return c.sync.settle.String() }),
	}, {
		flag: "enable-sync-from", byDefault: string(commands.AccessLocal),
		usage: "who may have the server connect to another store, with PT.SYNC START and FROM: nobody, connections over loopback or a Unix socket, or all",
		value: in(oneOf(commands.AccessNo, commands.AccessLocal, commands.AccessYes),
			func(c *config) *commands.Access { return &c.sync.from }),
		redis: shown("enable-sync-from", func(c *config) string { return string(c.sync.from) }),
	}}
}

const (
	defaultSettle = time.Second
	longestSettle = time.Hour
)

// check returns what is wrong with settings that are right each by itself.
func (s *syncSettings) check() error {
	switch {
	case s.onStart && (s.store == "" || s.prefixes == nil):
		return errors.New("--sync-on-start needs --store and --sync-prefixes")
	case s.follow && (s.store == "" || s.prefixes == nil):
		return errors.New("--follow needs --store and --sync-prefixes")
	case s.configure && !s.follow:
		return errors.New("--follow-configure needs --follow")
	case s.store == "":
		return nil
	}
	if _, err := store.Open(s.store); err != nil {
		return fmt.Errorf("--store: %w", err)
	}
	return nil
}

// where is the store for people: without its password.
func (s *syncSettings) where() string {
	if s.store == "" {
		return ""
	}
	opened, err := store.Open(s.store)
	if err != nil {
		return ""
	}
	return opened.String()
}

// storeURL is where a store is. What is wrong with one is found out when all settings are
// checked, in more words.
func storeURL() kind[string] {
	k := word("URL", "a URL such as redis://user:password@host:6379")
	k.secret = true // there is a password in it
	return k
}

// prefixes are some, with commas between them. One with a comma in it cannot be named.
func prefixes() kind[[]string] {
	const between = ","
	return kind[[]string]{
		placeholder: "PREFIXES",
		must:        "prefixes with commas between them, such as vec:,users:",
		read: func(text string) ([]string, error) {
			list := strings.Split(text, between)
			for i, p := range list {
				if len(p) == 0 || len(p) > tracker.MaxPrefixLen || strings.ContainsRune(p, 0) || strings.TrimSpace(p) != p || slices.Contains(list[:i], p) {
					return nil, errNotValue
				}
			}
			return list, nil
		},
		write: func(list []string) string { return strings.Join(list, between) },
	}
}

// settle is a time that is no time at all for nobody.
func settle() kind[time.Duration] {
	k := duration()
	k.must = fmt.Sprintf("a duration from 1ms to %v, such as 1s", longestSettle)
	read := k.read
	k.read = func(text string) (time.Duration, error) {
		d, err := read(text)
		if err == nil && (d < time.Millisecond || d > longestSettle) {
			err = errNotValue
		}
		return d, err
	}
	return k
}
