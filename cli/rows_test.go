package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// samples has for each flag a value that is not its default, and one that cannot
// be ("" for none).
var samples = map[string]struct{ good, bad string }{
	"config":                      {"/etc/pt.yaml", "a\x00b"},
	"addr":                        {"localhost:7272", "7171"},
	"default-max-id":              {"281474976710656", "281474976710657"},
	"max-count":                   {"3", "0"},
	"max-memory":                  {"5mb", "5 mb"},
	"dir":                         {"/data", "a\x00b"},
	"appendonly":                  {"no", "maybe"},
	"appendfsync":                 {"always", "never"},
	"auto-aof-rewrite-percentage": {"50", "2147483648"},
	"auto-aof-rewrite-min-size":   {"5kb", "5 kb"},
	"aof-rewrite-rate":            {"6kb", "-1"},
	"aof-load-truncated":          {"no", "2"},
	"save":                        {"3600 1 60 1000", "3600"},
	"dbfilename":                  {"my.pt", "LOCK"},
	"restore-skip":                {"1000", "281474976710657"},
	"create-prefixes":             {"no", "never"},
	"requirepass":                 {"secret", "a\x00b"},
	"requirepass-file":            {"/run/secret", "a\x00b"},
	"protected-mode":              {"no", "maybe"},
	"tls-addr":                    {":7273", "127.0.0.1:99999"},
	"tls-cert":                    {"c.pem", "a\x00b"},
	"tls-key":                     {"k.pem", "a\x00b"},
	"tls-ca":                      {"ca.pem", "a\x00b"},
	"tls-auth-clients":            {"optional", "some"},
	"unix-socket":                 {"/run/pt.sock", "a\x00b"},
	"unix-socket-mode":            {"0770", "0999"},
	"max-clients":                 {"20", "-1"},
	"max-clients-per-address":     {"21", "1e3"},
	"idle-timeout":                {"12s", "10"},
	"command-timeout":             {"13s", "-1s"},
	"write-timeout":               {"14s", "14 s"},
	"shutdown-timeout":            {"15s", "soon"},
	"max-arguments":               {"16", "0"},
	"max-bulk":                    {"17kb", "17tb"},
	"max-command":                 {"18kb", "-1"},
	"max-inline":                  {"19kb", "1.5kb"},
	"max-query-memory":            {"20kb", "99999999999gb"},
	"listener":                    {"redcon", "loops"},
	"loops":                       {"7", "1025"},
	"enable-debug-command":        {"local", "true"},
	"enable-protected-commands":   {"local", "all"},
	"slowlog-log-slower-than":     {"31", "-2"},
	"slowlog-max-len":             {"32", "100001"},
	"latency-monitor-threshold":   {"33", "-1"},
	"log-level":                   {"warn", "trace"},
	"log-format":                  {"json", "xml"},
	"store":                       {"redis://user:secret@store:6379", "a\x00b"},
	"sync-prefixes":               {"vec:,user", "vec:,,user"},
	"sync-on-start":               {"yes", "perhaps"},
	"follow":                      {"yes", "2"},
	"follow-configure":            {"yes", "maybe"},
	"sync-settle":                 {"250ms", "61m"},
	"enable-sync-from":            {"no", "auto"},
	"http-addr":                   {"127.0.0.1:7174", "7174"},
	"http-pprof":                  {"yes", "perhaps"},
	"metrics-prefixes":            {"34", "-1"},
}

// inConfig has what CONFIG GET says of the good samples, and for what CONFIG SET
// changes another value, what CONFIG GET says of that, and a value it refuses,
// with Redis's words.
var inConfig = map[string]struct{ get, set, then, bad, why string }{
	"default-max-id": {get: "281474976710656"},
	"max-count":      {get: "3"},
	"max-memory":     {"5242880", "6mb", "6291456", "6x", "argument must be a memory value"},
	"dir":            {get: "/data"},
	"appendonly":     {get: "no"},
	"appendfsync": {"always", "EverySec", "everysec", "never",
		"argument(s) must be one of the following: everysec, always, no"},
	"auto-aof-rewrite-percentage": {"50", "0", "0", "-1", "argument must be between 0 and 2147483647 inclusive"},
	"auto-aof-rewrite-min-size":   {"5120", "1mb", "1048576", "1x", "argument must be a memory value"},
	"aof-rewrite-rate":            {"6144", "0", "0", "-1", "argument must be a memory value"},
	"aof-load-truncated":          {get: "no"},
	"save":                        {"3600 1 60 1000", " 5  0 ", "5 0", "0 1", "Invalid save parameters"},
	"dbfilename":                  {get: "my.pt"},
	"create-prefixes":             {get: "no"},
	"protected-mode":              {get: "no"},
	"max-clients":                 {get: "20"},
	"idle-timeout":                {get: "12"},
	"max-bulk":                    {get: "17408"},
	"enable-debug-command":        {get: "local"},
	"enable-protected-commands":   {get: "local"},
	"store":                       {get: "redis://user@store:6379"},
	"sync-prefixes":               {get: "vec:,user"},
	"sync-on-start":               {get: "yes"},
	"follow":                      {get: "yes"},
	"follow-configure":            {get: "yes"},
	"sync-settle":                 {get: "250ms"},
	"enable-sync-from":            {get: "no"},
	"slowlog-log-slower-than": {"31", "-1", "-1", "-2",
		"argument must be between -1 and 9223372036854775807 inclusive"},
	"slowlog-max-len":           {"32", "0", "0", "100001", "argument must be between 0 and 100000 inclusive"},
	"latency-monitor-threshold": {"33", "9223372036854775807", "9223372036854", "x", "argument couldn't be parsed into an integer"},
}

func TestRows_AreWhole(t *testing.T) {
	seen := map[string]bool{}
	once := func(name string) {
		if name != "" && seen[name] {
			t.Errorf("%s stands twice", name)
		}
		seen[name] = true
	}
	for _, r := range rows() {
		once("--" + r.flag)
		once(r.redis.name)
		if r.flag == "" {
			delete(seen, "--")
			if r.redis.name == "" || r.redis.set != nil {
				t.Errorf("%+v is neither a flag nor always so", r)
			}
			continue
		}
		if r.usage == "" || r.value.placeholder == "" || r.value.must == "" {
			t.Errorf("--%s: something is missing", r.flag)
		}
		if _, ok := samples[r.flag]; !ok {
			t.Errorf("--%s has no samples", r.flag)
		}
		if _, ok := inConfig[r.flag]; ok != (r.redis.name != "") {
			t.Errorf("--%s: CONFIG knows it as %q, the test expects another", r.flag, r.redis.name)
		}
	}
}

func TestRows_DefaultsAreValues(t *testing.T) {
	c, err := readSettings(rows(), nothing)
	if err != nil {
		t.Fatal(err)
	}
	c.fitMachine(1 << 40)
	if c.server != resp.DefaultConfig() {
		t.Errorf("the server's defaults\n are %+v\n not %+v", c.server, resp.DefaultConfig())
	}
	for _, r := range rows() {
		if r.byDefault != "" && r.value.write(c) != r.byDefault {
			t.Errorf("--%s by default: %s, want %s", r.flag, r.value.write(c), r.byDefault)
		}
	}
}

// TestRows_EachGoesToItsPlace gives each setting a value, and looks at all others.
func TestRows_EachGoesToItsPlace(t *testing.T) {
	before := written(t)
	for name, sample := range samples {
		variable := "PT_" + strings.ReplaceAll(strings.ToUpper(name), "-", "_")
		for source, after := range map[string]map[string]string{
			"flag":     written(t, givenFlags("--"+name, sample.good)),
			"variable": written(t, variables(environment{variable: sample.good}.lookup)),
			"flag over a variable that cannot be": written(t, variables(environment{variable: "\x00 no value"}.lookup),
				givenFlags("--"+name, sample.good)),
			"flag behind": written(t, givenFlags("--"+name, sample.good+"0"), givenFlags("--"+name, sample.good)),
		} {
			for other, value := range after {
				want := before[other]
				if other == name {
					want = sample.good
				}
				if value != want {
					t.Errorf("--%s %s as a %s: --%s is %q, want %q", name, sample.good, source, other, value, want)
				}
			}
		}
		if empty := written(t, variables(environment{variable: ""}.lookup)); empty[name] != before[name] {
			t.Errorf("%s empty: %q, want the default %q", variable, empty[name], before[name])
		}
	}
}

// saysNothing are the settings of which a flag may be empty, for none at all.
var saysNothing = map[string]bool{"save": true, "http-addr": true}

func TestRows_SayWhatWouldDo(t *testing.T) {
	for _, r := range rows() {
		if r.flag == "" {
			continue
		}
		for _, bad := range []string{samples[r.flag].bad, ""} {
			if bad == "" && saysNothing[r.flag] {
				if _, err := readSettings(rows(), nothing, givenFlags("--"+r.flag, "")); err != nil {
					t.Errorf("--%s= is refused: %v", r.flag, err)
				}
				continue
			}
			want := fmt.Sprintf("invalid value %q for --%s: must be %s", bad, r.flag, r.value.must)
			if r.value.secret { // whoever reads the log does not read what was nearly one
				want = fmt.Sprintf("invalid value for --%s: must be %s", r.flag, r.value.must)
			}
			if _, err := readSettings(rows(), nothing, givenFlags("--"+r.flag, bad)); err == nil || err.Error() != want {
				t.Errorf("--%s=%s: %v\nwant %s", r.flag, bad, err, want)
			}
			if bad == "" {
				continue
			}
			want = strings.Replace(want, "--"+r.flag, r.variable(), 1)
			if _, err := readSettings(rows(), environment{r.variable(): bad}.lookup); err == nil || err.Error() != want {
				t.Errorf("%s=%s: %v\nwant %s", r.variable(), bad, err, want)
			}
		}
	}
}

func TestRows_HelpTellsAll(t *testing.T) {
	for i, r := range rows() {
		if r.flag == "" {
			continue
		}
		line := (&rowFlag{row: &rows()[i]}).String()
		for _, want := range []string{"--" + r.flag + " ", "PT_", r.usage, r.defaultText()} {
			if !strings.Contains(line, want) {
				t.Errorf("--help says %q, without %q", line, want)
			}
		}
	}
}

func TestRows_ConfigTellsAndChanges(t *testing.T) {
	for flag, want := range inConfig {
		c := newConfig()
		for _, r := range rows() {
			if err := r.readInto(c, []source{defaults{}, givenFlags("--"+flag, samples[flag].good)}); err != nil {
				t.Fatal(err)
			}
		}
		r := &running{config: c, budget: tracker.NewBudget(c.memory), keeper: newKeeper(c.kept), slowLog: c.newSlowLog(), latency: c.newLatency()}
		s := configSetting(t, flag, r)
		if s.Get() != want.get {
			t.Errorf("CONFIG GET %s: %q, want %q", s.Name, s.Get(), want.get)
		}
		if s.Protected != (flag == "max-memory") {
			t.Errorf("CONFIG SET %s: protected is %v", s.Name, s.Protected)
		}
		if (s.Set != nil) != (want.set != "") {
			t.Errorf("CONFIG SET %s: possible is %v", s.Name, s.Set != nil)
		}
		if s.Set == nil || want.set == "" {
			continue
		}
		if _, err := s.Set(want.bad); err == nil || err.Error() != want.why {
			t.Errorf("CONFIG SET %s %s: %v, want %s", s.Name, want.bad, err, want.why)
		}
		change, err := s.Set(want.set)
		if err != nil || s.Get() != want.get {
			t.Fatalf("CONFIG SET %s %s: %v; before the change it is %q", s.Name, want.set, err, s.Get())
		}
		if change(); s.Get() != want.then {
			t.Errorf("CONFIG SET %s %s: then %q, want %q", s.Name, want.set, s.Get(), want.then)
		}
	}
}

func TestConfigured_InOrder(t *testing.T) {
	const want = "aof-load-truncated aof-rewrite-rate appendfsync appendonly auto-aof-rewrite-min-size auto-aof-rewrite-percentage create-prefixes " +
		"databases dbfilename default-max-id dir enable-debug-command enable-protected-commands enable-sync-from follow follow-configure " +
		"latency-monitor-threshold max-count maxclients maxmemory maxmemory-policy notify-keyspace-events protected-mode proto-max-bulk-len " +
		"replica-read-only save slave-read-only slowlog-log-slower-than slowlog-max-len store sync-on-start sync-prefixes sync-settle " +
		"timeout"
	var names []string
	for _, s := range configured(rows(), &running{}) {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func configSetting(t *testing.T, flag string, r *running) commands.Setting {
	t.Helper()
	for _, row := range rows() {
		if row.flag != flag {
			continue
		}
		for _, s := range configured(rows(), r) {
			if s.Name == row.redis.name {
				return s
			}
		}
	}
	t.Fatalf("CONFIG does not know --%s", flag)
	return commands.Setting{}
}

// written is what all settings are, by their flags, without the checks that
// need two.
func written(t *testing.T, from ...source) map[string]string {
	t.Helper()
	c := newConfig()
	values := map[string]string{}
	for _, r := range rows() {
		if err := r.readInto(c, slices.Insert(from, 0, source(defaults{}))); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range rows() {
		if r.flag != "" {
			values[r.flag] = r.value.write(c)
		}
	}
	return values
}

// givenFlags are flags of which one was given.
func givenFlags(name, value string) flagSet {
	set := newFlags(rows())
	for _, f := range set {
		if "--"+f.row.flag == name {
			_ = (*flagValue)(f).Set(value) // it keeps anything
		}
	}
	return set
}

type environment map[string]string

func (e environment) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

func nothing(string) (string, bool) { return "", false }
