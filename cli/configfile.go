package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/rs/zerolog"
	"go.yaml.in/yaml/v4"
)

// settingsFile is a source of settings: YAML, with the names of flags as keys. A
// value is the text that stands there, which the rows read as they read that of
// a flag: what YAML itself takes for a number or for a truth does not matter.
type settingsFile struct {
	path   string
	mode   fs.FileMode
	values map[string]fileValue // by flag
}

type fileValue struct {
	text string
	line int
}

// longestFile is much longer than a file of all settings is.
const longestFile = 1 << 20

// configFlag is the flag of the setting that the others may stand in.
const configFlag = "config"

func configRow() row {
	return row{
		flag:  configFlag,
		usage: "file of settings (YAML, the flags' names without the dashes) for those that neither a flag nor a variable says",
		value: in(word("FILE", "the name of a file"), func(c *config) *string { return &c.file.path }),
	}
}

func (f *settingsFile) given(r *row) (value, by string, ok bool) {
	v, ok := f.values[r.flag]
	return v.text, fmt.Sprintf("%s in %s:%d", r.flag, f.path, v.line), ok
}

// open reads the file, which must have settings only, each once.
func (f *settingsFile) open(settings []row) error {
	text, err := f.read()
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	// All documents: one that is empty has none, and two would be one too many.
	var documents []yaml.Node
	if err := yaml.Load(text, &documents, yaml.WithAllDocuments()); err != nil {
		return f.notYAML(err)
	}
	switch {
	case len(documents) == 0:
		return nil
	case len(documents) > 1:
		return f.wrong(&documents[1], "there is one document of settings in a file")
	}
	return f.take(documents[0].Content[0], settings)
}

func (f *settingsFile) read() ([]byte, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	f.mode = info.Mode()
	text, err := io.ReadAll(io.LimitReader(file, longestFile+1))
	if err == nil && len(text) > longestFile {
		err = fmt.Errorf("%s has more than %d bytes", f.path, longestFile)
	}
	return text, err
}

const notSettings = `settings are lines such as "max-memory: 64mb"`

func (f *settingsFile) take(top *yaml.Node, settings []row) error {
	switch {
	case top.ShortTag() == "!!null":
		return nil
	case top.Kind != yaml.MappingNode:
		return f.wrong(top, notSettings)
	}
	var known []string
	for i := range settings {
		if flag := settings[i].flag; flag != "" && flag != configFlag {
			known = append(known, flag)
		}
	}
	f.values = make(map[string]fileValue)
	for i := 0; i < len(top.Content); i += 2 {
		if err := f.takeOne(top.Content[i], top.Content[i+1], known); err != nil {
			return err
		}
	}
	return nil
}

func (f *settingsFile) takeOne(key, value *yaml.Node, known []string) error {
	name := key.Value
	before, twice := f.values[name]
	switch {
	case key.Kind != yaml.ScalarNode:
		return f.wrong(key, notSettings)
	case !slices.Contains(known, name):
		if best, ok := nearest(name, known); ok {
			return f.wrong(key, "there is no setting %q for a file; the nearest is %s", name, best)
		}
		return f.wrong(key, "there is no setting %q for a file", name)
	case twice:
		return f.wrong(key, "%s stands in line %d already", name, before.line)
	case value.Kind != yaml.ScalarNode, value.Anchor != "", value.Style&(yaml.TaggedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return f.wrong(value, "%s needs one plain value; one that begins with [, {, *, &, !, | or > needs quotes", name)
	case value.ShortTag() == "!!null":
		return f.wrong(value, "%s has no value; one that begins with # needs quotes", name)
	}
	f.values[name] = fileValue{value.Value, value.Line}
	return nil
}

func (f *settingsFile) wrong(at *yaml.Node, format string, a ...any) error {
	return fmt.Errorf("%s:%d: %s", f.path, at.Line, fmt.Sprintf(format, a...))
}

// notYAML tells what the parser has found. Most often that is a value that
// looks like something else.
func (f *settingsFile) notYAML(err error) error {
	const hint = `perhaps a value with a special sign in it, such as "[::]:7171", needs quotes`
	var found *yaml.LoadError
	if !errors.As(err, &found) {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	message := found.Message
	if strings.HasPrefix(message, "unknown anchor") {
		message = "unknown anchor" // what it is called may be a password that begins with *
	}
	if found.Mark.Line == 0 {
		return fmt.Errorf("%s: %s", f.path, message)
	}
	return fmt.Errorf("%s:%d: %s; %s", f.path, found.Mark.Line, message, hint)
}

// warn tells of a file that others of the machine may change, or that has the
// password and that they may read.
func (f *settingsFile) warn(settings []row, log zerolog.Logger) {
	const othersRead, othersWrite = 0o004, 0o002
	if f.path == "" || runtime.GOOS == "windows" { // which has no such modes
		return
	}
	if f.mode&othersWrite != 0 {
		log.Warn().Str("config", f.path).Msg("everybody on this machine may change the file of settings")
	}
	for i := range settings {
		if _, ok := f.values[settings[i].flag]; ok && settings[i].value.secret && f.mode&othersRead != 0 {
			log.Warn().Str("config", f.path).Msg("everybody on this machine may read the password in the file of settings")
		}
	}
}
