package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.CURSOR LIST
var ptCursorListSpec = &engine.Spec{
	Name: "PT.CURSOR|LIST", Arity: 2, Flags: []string{"readonly"},
	Long:       true,
	Group:      groupIteration,
	Summary:    "Lists the shared cursors, sorted.",
	Complexity: "O(n log n) for n cursors",
	Since:      "0.1.0",
	Reply:      "array of names",
	Run:        run(ptCursorList),
}

func ptCursorList(c *session, _ [][]byte) error {
	var names []string
	if err := c.collected.gather(func() (err error) {
		names, err = c.cursors()
		return err
	}); err != nil {
		return err
	}
	c.Array(len(names))
	for i, name := range names {
		if i%goneEvery == 0 && c.Gone() {
			return nil
		}
		c.BulkString(name)
	}
	return nil
}

// cursors collects the names of all cursors, sorted. One that comes twice is one.
func (c *session) cursors() (names []string, err error) {
	var found sortedRuns
	bytes, looked := 0, 0
	for name := range c.registry.Cursors() {
		if looked++; looked%goneEvery == 0 && c.Gone() {
			return nil, nil
		}
		found.add(name)
		if bytes += 2*collectedPrefix + len(name); bytes > roomToCollect {
			if err := c.collected.more(bytes); err != nil {
				return nil, err
			}
			bytes = 0
		}
	}
	names = make([]string, 0, found.n)
	for name := range found.all() {
		if last := len(names) - 1; last < 0 || names[last] != name {
			names = append(names, name)
		}
	}
	return names, nil
}
