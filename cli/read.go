package cli

import (
	"fmt"
	"os"
	"slices"
)

// readSettings returns what the flags, the environment and the file that they
// name say, read and checked. The later of the flags win over the earlier, any
// over the environment, and that over the file.
func readSettings(settings []row, lookup func(string) (string, bool), given ...flagSet) (*config, error) {
	c, err := readRows(settings, settings, lookup, given...)
	if err != nil {
		return nil, err
	}
	if c.kept.dir == "" {
		c.kept.dir = stateDirectory(lookup, os.DirFS("/"))
	}
	return c, c.check()
}

// readRows reads those that are wanted of the settings, of which a file may have any,
// without a look at whether they go together.
func readRows(wanted, settings []row, lookup func(string) (string, bool), given ...flagSet) (*config, error) {
	c := newConfig()
	from := []source{variables(lookup)}
	for _, set := range given {
		from = append(from, set)
	}
	file := configRow()
	if err := file.readInto(c, from); err != nil {
		return nil, err
	}
	if c.file.path != "" {
		if err := c.file.open(settings); err != nil {
			return nil, err
		}
		from = slices.Insert(from, 0, source(&c.file))
	}
	from = slices.Insert(from, 0, source(defaults{}))
	for i := range wanted {
		if err := wanted[i].readInto(c, from); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// readInto takes what the last of the sources says that says something.
func (r *row) readInto(c *config, from []source) error {
	if r.flag == "" {
		return nil
	}
	for _, s := range slices.Backward(from) {
		value, by, ok := s.given(r)
		if !ok {
			continue
		}
		if err := r.value.read(c, value); err != nil {
			// The row's own words say more than Redis's.
			return fmt.Errorf("invalid value%s for %s: must be %s", r.quoted(value), by, r.value.must)
		}
		c.by[r.flag] = by
		return nil
	}
	return nil
}

// quoted is a value for an error, which others may read.
func (r *row) quoted(value string) string {
	if r.value.secret {
		return ""
	}
	return fmt.Sprintf(" %q", value)
}
