package cli

import (
	"fmt"
	"os"
)

// readSettings returns what the flags and the environment say, read and
// checked. The later of the flags win over the earlier, and any over the
// environment. A variable that is empty says nothing: that is how an
// environment's templates leave one out.
func readSettings(settings []row, lookup func(string) (string, bool), given ...flagSet) (*config, error) {
	c := newConfig()
	if err := c.readRows(settings, lookup, given...); err != nil {
		return nil, err
	}
	if c.kept.dir == "" {
		c.kept.dir = stateDirectory(lookup, os.DirFS("/"))
	}
	return c, c.check()
}

// readRows reads the settings without a look at whether they go together.
func (c *config) readRows(settings []row, lookup func(string) (string, bool), given ...flagSet) error {
	for i := range settings {
		if err := settings[i].readInto(c, lookup, given); err != nil {
			return err
		}
	}
	return nil
}

func (r *row) readInto(c *config, lookup func(string) (string, bool), given []flagSet) error {
	if r.flag == "" {
		return nil
	}
	value, source, said := r.byDefault, "its default", r.byDefault != ""
	if v, _ := lookup(r.variable()); v != "" {
		value, source, said = v, r.variable(), true
	}
	for _, set := range given {
		if v, ok := set.given(r.flag); ok {
			value, source, said = v, "--"+r.flag, true
		}
	}
	if !said {
		return nil
	}
	if err := r.value.read(c, value); err != nil {
		// The row's own words say more than Redis's.
		return fmt.Errorf("invalid value %q for %s: must be %s", value, source, r.value.must)
	}
	return nil
}
