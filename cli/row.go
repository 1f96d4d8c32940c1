package cli

import (
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// row is one setting, told once.
type row struct {
	// flag is the name of its flag, "" for what is always so.
	flag string
	// usage says in --help and in the documents what it is for.
	usage string
	// byDefault is its value when none is given, "" for none; then byDefaultText
	// may say what happens.
	byDefault, byDefaultText string
	// value is how its values are read and where they go.
	value place
	// redis is what CONFIG knows of it; without a name, nothing.
	redis redisSetting
}

// variable is the name of the environment variable that sets it.
func (r *row) variable() string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(r.flag, "-", "_"))
}

// variablePrefix begins the names of all variables that are settings.
const variablePrefix = "PT_"

// defaultText is its default for people.
func (r *row) defaultText() string {
	if r.byDefaultText != "" {
		return r.byDefaultText
	}
	return r.byDefault
}

// place is a kind of values and the field of a config that they fill.
type place struct {
	placeholder string // for a value, in --help
	must        string // what a value must be, in words
	yesNo       bool   // the flag alone says yes
	secret      bool   // its values are shown to nobody
	read        func(c *config, text string) error
	write       func(c *config) string
}

// in is the place of values of that kind in a config.
func in[T any](k kind[T], field func(*config) *T) place {
	return place{
		placeholder: k.placeholder,
		must:        k.must,
		yesNo:       k.yesNo,
		secret:      k.secret,
		read: func(c *config, text string) error {
			v, err := k.read(text)
			if err == nil {
				*field(c) = v
			}
			return err
		},
		write: func(c *config) string { return k.write(*field(c)) },
	}
}

// running is what settings are looked up in while the server runs, and what
// CONFIG SET changes. config itself does not change any more.
type running struct {
	config  *config
	machine int64 // its memory, 0 for unknown
	budget  *tracker.Budget
	keeper  *keeper
	slowLog *engine.SlowLog
	latency *engine.Latency
}

// redisSetting is what CONFIG knows of a setting.
type redisSetting struct {
	name string // Redis's
	get  func(*running) string
	set  func(r *running, text string) (change func(), err error) // nil: it cannot be changed
	// protected: changed by those only whom --enable-protected-commands lets.
	protected bool
}

// always is what never differs.
func always(name, value string) redisSetting {
	return redisSetting{name: name, get: func(*running) string { return value }}
}

// shown is what CONFIG shows and cannot change.
func shown(name string, get func(*config) string) redisSetting {
	return redisSetting{name: name, get: func(r *running) string { return get(r.config) }}
}

// changeable is what CONFIG shows and changes, in values of kind k.
func changeable[T any](name string, k kind[T], get func(*running) T, set func(*running, T)) redisSetting {
	return redisSetting{
		name: name,
		get:  func(r *running) string { return k.write(get(r)) },
		set: func(r *running, text string) (func(), error) {
			v, err := k.read(text)
			if err != nil {
				return nil, err
			}
			return func() { set(r, v) }, nil
		},
	}
}

// protected is a setting that not everybody who may use the server may change.
func protected(s redisSetting) redisSetting {
	s.protected = true
	return s
}

// configured are the settings that CONFIG knows, in the order of their names.
func configured(settings []row, r *running) []commands.Setting {
	var found []commands.Setting
	for _, s := range settings {
		if s.redis.name == "" {
			continue
		}
		c := commands.Setting{Name: s.redis.name, Get: func() string { return s.redis.get(r) }, Protected: s.redis.protected}
		if s.redis.set != nil {
			c.Set = func(value string) (func(), error) { return s.redis.set(r, value) }
		}
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b commands.Setting) int { return strings.Compare(a.Name, b.Name) })
	return found
}
