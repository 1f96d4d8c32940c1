package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// writeFile returns the path of a file with a text.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pt.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fromFile is a source with the settings of a text.
func fromFile(t *testing.T, text string) *settingsFile {
	t.Helper()
	f := &settingsFile{path: writeFile(t, text)}
	if err := f.open(rows()); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return f
}

// readFrom is what one setting from one source makes of all, or why not.
func readFrom(flag string, from source) (values map[string]string, err error) {
	c := newConfig()
	values = make(map[string]string)
	for _, r := range rows() {
		if r.flag == flag {
			err = r.readInto(c, []source{from})
		}
		if r.flag != "" {
			values[r.flag] = r.value.write(c)
		}
	}
	return values, err
}

// A file gives each setting the values that its flag gives it: those that are
// good, those that are bad, and the ends of what it takes.
func TestConfigFile_ReadsWhatFlagsRead(t *testing.T) {
	for _, r := range rows() {
		if r.flag == "" || r.flag == configFlag {
			continue
		}
		ends := extremes[r.flag]
		values := slices.Concat([]string{samples[r.flag].good, samples[r.flag].bad}, ends.served, ends.starts, ends.refused)
		if r.value.yesNo {
			values = append(values, "yes", "no", "Yes", "NO", "true", "False", "on", "OFF", "1", "0", "y", "n")
		}
		for _, value := range values {
			want, wantErr := readFrom(r.flag, givenFlags("--"+r.flag, value))
			quoted, _ := json.Marshal(value) // which is YAML, too
			texts := []string{string(quoted)}
			if value != "" && !strings.ContainsRune(value, 0) {
				texts = append(texts, value, "'"+value+"'")
			}
			for _, text := range texts {
				if strings.HasPrefix(text, "[") || strings.HasPrefix(text, ",") || strings.HasSuffix(text, ":") || strings.HasPrefix(text, ": ") {
					continue // is something else without quotes
				}
				f := fromFile(t, "# a file\n\n"+r.flag+": "+text+" # so\n")
				got, err := readFrom(r.flag, f)
				if (err == nil) != (wantErr == nil) || !maps.Equal(got, want) {
					t.Errorf("%s: %.60s in a file: %v, as a flag: %v; or it is read as something else", r.flag, text, err, wantErr)
				}
				if err != nil && !strings.Contains(err.Error(), fmt.Sprintf(" for %s in %s:3: must be ", r.flag, f.path)) {
					t.Errorf("%s: %.60s in a file: %v, without the place", r.flag, text, err)
				}
			}
		}
	}
}

// Flag over variable over file over default; an empty variable says nothing.
func TestConfigFile_IsTheWeakest(t *testing.T) {
	for name, sample := range samples {
		if name == configFlag {
			continue
		}
		variable := "PT_" + strings.ReplaceAll(strings.ToUpper(name), "-", "_")
		before := written(t)
		file, other := fromFile(t, name+": "+sample.good), fromFile(t, name+`: "\0 no value"`)
		for from, after := range map[string]map[string]string{
			"file":                        written(t, file),
			"file under empty variable":   written(t, file, variables(environment{variable: ""}.lookup)),
			"variable over a bad file":    written(t, other, variables(environment{variable: sample.good}.lookup)),
			"flag over a bad file":        written(t, other, givenFlags("--"+name, sample.good)),
			"flag over two that are bad":  written(t, other, variables(environment{variable: "\x00"}.lookup), givenFlags("--"+name, sample.good)),
			"file without the name of it": written(t, fromFile(t, "# nothing\n"), givenFlags("--"+name, sample.good)),
		} {
			want := maps.Clone(before)
			want[name] = sample.good
			if !maps.Equal(after, want) {
				t.Errorf("%s, %s: it is %q, want %q, or another setting is", name, from, after[name], sample.good)
			}
		}
	}
}

// All of them in one file.
func TestConfigFile_WithAllSettings(t *testing.T) {
	var text strings.Builder
	want := written(t)
	for _, r := range rows() {
		if r.flag != "" && r.flag != configFlag {
			fmt.Fprintf(&text, "%s: %s\n", r.flag, samples[r.flag].good)
			want[r.flag] = samples[r.flag].good
		}
	}
	if got := written(t, fromFile(t, text.String())); !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestConfigFile_Empty(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing\n", "---\n", "{}", "\ufeff", "---\n...\n"} {
		c, err := readSettings(rows(), nothing, givenFlags("--config", writeFile(t, text)))
		if err != nil || len(c.file.values) != 0 {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
}

// INFO says where it is to those who are elsewhere; errors call it what it was called.
func TestConfigFile_ByAPathFromHere(t *testing.T) {
	path := writeFile(t, "idle-timeout: 1")
	t.Chdir(filepath.Dir(path))
	if _, err := readSettings(rows(), nothing, givenFlags("--config", "pt.yaml")); err == nil || !strings.Contains(err.Error(), " in pt.yaml:1:") {
		t.Errorf("the error is %v", err)
	}
	here, err := os.Getwd() // as the system calls it
	if err != nil {
		t.Fatal(err)
	}
	c, err := readSettings(rows(), nothing, givenFlags("--config", "pt.yaml"), givenFlags("--idle-timeout", "1s"))
	if err != nil || c.file.path != filepath.Join(here, "pt.yaml") {
		t.Errorf("the path is %v, %v", c, err)
	}
}

func TestConfigFile_Errors(t *testing.T) {
	const (
		plain  = "addr needs one plain value; one that begins with [, {, *, &, !, | or > needs quotes"
		quotes = `; perhaps a value with a special sign in it, such as "[::]:7171", needs quotes`
	)
	for text, want := range map[string]string{
		"idle-timout: 10s":              `1: there is no setting "idle-timout" for a file; the nearest is idle-timeout`,
		"# a\n\nmax_memory: 1":          `3: there is no setting "max_memory" for a file; the nearest is max-memory`,
		"maxmemory: 1":                  `1: there is no setting "maxmemory" for a file; the nearest is max-memory`,
		"--max-memory: 1":               `1: there is no setting "--max-memory" for a file; the nearest is max-memory`,
		"something: 1":                  `1: there is no setting "something" for a file`,
		"config: other.yaml":            `1: there is no setting "config" for a file`,
		"check-config: yes":             `1: there is no setting "check-config" for a file`,
		"? \n: 1":                       `1: there is no setting "" for a file`,
		"<<: {addr: a}":                 `1: there is no setting "<<" for a file`,
		"addr: :1\n\"addr\": :1":        "2: addr stands in line 1 already",
		"max-count: 1\naddr: [a, b]":    "2: " + plain,
		"addr:\n  - a":                  "2: " + plain,
		"addr: {a: b}":                  "1: " + plain,
		"addr: &a :1":                   "1: " + plain,
		"addr: !mine :1":                "1: " + plain,
		"addr: !!binary aGk=":           "1: " + plain,
		"addr:":                         "1: addr has no value; one that begins with # needs quotes",
		"addr: ~":                       "1: addr has no value; one that begins with # needs quotes",
		"addr: null":                    "1: addr has no value; one that begins with # needs quotes",
		"max-count: 1\nrequirepass: #1": "2: requirepass has no value; one that begins with # needs quotes",
		"- addr":                        `1: settings are lines such as "max-memory: 64mb"`,
		"addr":                          `1: settings are lines such as "max-memory: 64mb"`,
		"addr=:1":                       `1: settings are lines such as "max-memory: 64mb"`,
		"? [addr]\n: 1":                 `1: settings are lines such as "max-memory: 64mb"`,
		"addr: :1\n---\naddr: :2":       "2: there is one document of settings in a file",
		"max-count: 1\naddr: [::]:7171\nmax-memory: 1":   "2: did not find expected key" + quotes,
		"max-count: 1\n\tmax-memory: 1":                  "2: found a tab character that violates indentation" + quotes,
		"max-count: 1\n\naddr: *a":                       "3: unknown anchor" + quotes,
		"max-count: 1\naddr: a: b":                       "2: mapping values are not allowed in this context" + quotes,
		"max-count: 1\ntls-addr: \"x":                    "2: found unexpected end of stream" + quotes,
		"max-memory: 1\n" + strings.Repeat("# x\n", 3e5): "config: PATH has more than 1048576 bytes",
	} {
		path := writeFile(t, text)
		_, err := readSettings(rows(), nothing, givenFlags("--config", path))
		if !strings.HasPrefix(want, "config: ") {
			want = "PATH:" + want
		}
		if want = strings.Replace(want, "PATH", path, 1); err == nil || err.Error() != want {
			t.Errorf("%.60q: %v\nwant %s", text, err, want)
		}
	}
}

// Bytes of no text are an error and no more.
func TestConfigFile_OtherBytes(t *testing.T) {
	for _, text := range []string{"addr: \xff", "addr: \x00", "\x00", "\x1f\x8b\x08", "addr: \x01", "\xff\xfea\x00", strings.Repeat("[", 100_000), strings.Repeat("{a: ", 10_000), "a: &a [*a]"} {
		path := writeFile(t, text)
		_, err := readSettings(rows(), nothing, givenFlags("--config", path))
		if err == nil || !strings.HasPrefix(err.Error(), path+":") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestConfigFile_Warns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such modes")
	}
	const changed, read = "everybody on this machine may change the file of settings", "everybody on this machine may read the password in the file of settings"
	for _, test := range []struct {
		text string
		mode os.FileMode
		want []string
	}{
		{"max-memory: 1", 0o644, nil},
		{"requirepass: x", 0o640, nil},
		{"requirepass: x", 0o604, []string{read}},
		{"requirepass-file: x", 0o644, nil},
		{"max-memory: 1", 0o622, []string{changed}},
		{"requirepass: x", 0o666, []string{changed, read}},
	} {
		path := writeFile(t, test.text)
		if err := os.Chmod(path, test.mode); err != nil {
			t.Fatal(err)
		}
		c, err := readSettings(rows(), nothing, givenFlags("--config", path))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		c.file.warn(rows(), zerolog.New(&out))
		log := out.String()
		if strings.Count(log, "\n") != len(test.want) || slices.ContainsFunc(test.want, func(w string) bool { return !strings.Contains(log, w) }) {
			t.Errorf("%s with mode %o: the log says %q, want %q", test.text, test.mode, log, test.want)
		}
	}
}

// What is no setting may be a password that looks like something else: no error has it.
func TestConfigFile_ErrorsHaveNoPassword(t *testing.T) {
	const word = "hunter2"
	for _, before := range []string{"", "*", "&", "!", "!!", "@", "`", "%", "|", ">", "[", "{", "[[", "? ", "- ", ": ", "&a *", "*a ", "'", `"`, `"\q`, "a: ", "a: *", "\x00", "\xff", "\n*", "\n  *", "\t", "\n\t", "\n- ", "<<: *"} {
		for _, after := range []string{"", ": x", " #", "'", `"`, "]", "}", "*", "\x00", "\xff", "\n  x", "\n  *x", ",", ": *x"} {
			text := "requirepass: " + before + word + after + "\n"
			_, err := readSettings(rows(), nothing, givenFlags("--config", writeFile(t, text)))
			if err != nil && strings.Contains(err.Error(), word) {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
}
