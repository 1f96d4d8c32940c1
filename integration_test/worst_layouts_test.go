package integration_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

type layout struct {
	prefix string
	make   func(c *client) error
	// mend makes it anew where it still has its memory. With memory that was touched
	// once the process may grow by all of it, and not by what IDs lie in alone: so
	// what has much of it is not dropped and made again.
	mend   func(c *client) error
	count  int   // of IDs
	memory int64 // in bytes, as made
}

const farApart = 1 << 18 // memory is had by so many IDs

// muchMemory is what is not made twice in one process.
const muchMemory = 4 << 30

var errMuchMemory = errors.New("what takes much memory is not made twice in one process")

// restore makes a layout anew where commands have changed much of it, and opens a delete iterator on it.
func (l layout) restore(c *client, tokens map[string]string) error {
	if l.make == nil {
		_, err := c.do("PT.DROP", l.prefix)
		return err
	}
	count, err := c.do("PT.COUNT", l.prefix)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(count.text)
	if err != nil {
		return err
	}
	if n <= l.count*9/10 || n > l.count+l.count/10+10_000 {
		if err := l.makeAgain(c); err != nil {
			return err
		}
	}
	token, err := c.do("PT.DELITER", "OPEN", l.prefix)
	if token.kind == '$' {
		tokens[l.prefix] = token.text
	}
	return err
}

func (l layout) makeAgain(c *client) error {
	memory, err := memoryOf(c, l.prefix)
	switch {
	case err != nil:
		return err
	case memory >= l.memory/2 && l.mend != nil:
		return l.mend(c)
	case l.memory > muchMemory:
		return errMuchMemory
	}
	if _, err := c.do("PT.DROP", l.prefix); err != nil {
		return err
	}
	return l.make(c)
}

// memoryOf is what a prefix takes, 0 where there is none.
func memoryOf(c *client, prefix string) (int64, error) {
	r, err := c.do("PT.INFO", prefix)
	if err != nil || len(r.items) == 0 {
		return 0, err
	}
	return strconv.ParseInt(r.lookUp("memory_bytes").text, 10, 64)
}

// layoutsOf are those of all that have such names, or all without names.
func layoutsOf(all []layout, names []string) []layout {
	return slices.DeleteFunc(all, func(l layout) bool { return len(names) > 0 && !slices.Contains(names, l.prefix) })
}

// worstLayouts lie in so many pieces of memory, some of them.
func worstLayouts(pieces int) []layout {
	far := func(prefix string) func(c *client) error { return apart(prefix, pieces, farApart) }
	last := pieces * farApart
	return []layout{
		{prefix: "dense:", make: madeBy("PT.CREATE dense: MAXID 67108864", "PT.ADDRANGE dense: 0 67108864"), count: 1 << 26},
		{prefix: "far:", make: far("far:"), count: pieces, mend: inTurn(madeBy(fmt.Sprintf("PT.REMRANGE far: %d 281474976710656", last+1)), removeBefore("far:", last), far("far:"))},
		// The memory of many, and one at its end.
		{prefix: "left:", make: inTurn(far("left:"), removeBefore("left:", last)), count: 1,
			mend: inTurn(madeBy(fmt.Sprint("PT.ADD left: ", last), fmt.Sprintf("PT.REMRANGE left: %d 281474976710656", last+1)), removeBefore("left:", last))},
		{prefix: "sparse:", make: apart("sparse:", 100_000, 64), count: 100_000},
		// One free ID in each word.
		{prefix: "holes:", make: inTurn(madeBy("PT.CREATE holes: MAXID 4194304", "PT.ADDRANGE holes: 0 4194304"),
			changeEach("PT.REM", "holes:", 1<<16, 4096, func(i int) int { return i*64 + 33 })), count: 4194304 - 1<<16},
		{prefix: "wide:", make: madeBy("PT.CREATE wide: MAXID 281474976710656", "PT.ADD wide: 0 281474976710655"), count: 2},
		{prefix: "missing:"},
	}
}

// madeBy sends such lines.
func madeBy(lines ...string) func(c *client) error {
	return func(c *client) error {
		for _, line := range lines {
			if r, err := c.do(words(line)...); err != nil || r.kind == '-' {
				return fmt.Errorf("%s: %q, %v", line, r.raw, err)
			}
		}
		return nil
	}
}

// apart adds n IDs that are so far from each other, and from 0.
func apart(prefix string, n, distance int) func(c *client) error {
	return changeEach("PT.ADD", prefix, n, 1000, func(i int) int { return (i + 1) * distance })
}

// changeEach adds or removes n IDs, so many with each command.
func changeEach(command, prefix string, n, batch int, id func(i int) int) func(c *client) error {
	return func(c *client) error {
		for i := 0; i < n; i += batch {
			args := []string{command, prefix}
			for j := i; j < min(i+batch, n); j++ {
				args = append(args, strconv.Itoa(id(j)))
			}
			if r, err := c.do(args...); err != nil || r.kind != ':' {
				return fmt.Errorf("%s %s: %.100q, %v", command, prefix, r.raw, err)
			}
		}
		return nil
	}
}

// removeBefore removes what lies below last, of so much memory that it takes a while, in parts.
func removeBefore(prefix string, last int) func(c *client) error {
	const part = 10_000 * farApart
	return func(c *client) error {
		for from := 0; from < last; from += part {
			if r, err := c.do("PT.REMRANGE", prefix, strconv.Itoa(from), strconv.Itoa(min(from+part, last))); err != nil || r.kind != ':' {
				return fmt.Errorf("PT.REMRANGE %s: %.100q, %v", prefix, r.raw, err)
			}
		}
		return nil
	}
}

// inTurn takes one step after the other.
func inTurn(steps ...func(c *client) error) func(c *client) error {
	return func(c *client) error {
		for _, step := range steps {
			if err := step(c); err != nil {
				return err
			}
		}
		return nil
	}
}
