package commands

import "github.com/prefixtracker/prefixtracker/engine"

// SAVE
var saveSpec = &engine.Spec{
	Name: "SAVE", Arity: 1, Flags: []string{"admin", "no_multi"},
	Long:  true,
	Group: groupServer, Summary: "Writes a backup, the file --dbfilename, and replies when it is on the disk; nobody else waits.",
	Complexity: "O(n) for n trackers and the memory of their IDs", Since: "0.1.0", Reply: "OK",
	Run: run(save),
}

func save(c *session, _ [][]byte) error {
	log, err := c.kept()
	if err != nil {
		return err
	}
	if err := c.backUp(log); err != nil {
		return errNotBegun(log, "the backup was not written", err)
	}
	c.OK()
	return nil
}
