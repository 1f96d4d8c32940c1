package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.ADDKEY key [key …]
var addKeySpec = &Spec{
	Name: "PT.ADDKEY", Arity: -2, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs in keys as existing; keys of no known prefix count 0.",
	Complexity: "O(n) for n keys",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "key", Type: ArgKey, Multiple: true}},
	Reply:      "number newly added",
	Run:        (*Commands).addKey,
}

func (x *Commands) addKey(c *resp.Conn, args [][]byte) error {
	keys := views(args)
	added, err := x.registry.AddKeys(keys)
	if err != nil {
		return err
	}
	x.changedKeys(c, keys)
	c.Int(int64(added))
	return nil
}

// changedKeys tells those who keep replies of the keys' prefixes.
func (x *Commands) changedKeys(c *resp.Conn, keys []string) {
	if x.caches.watched.Load() == 0 {
		return
	}
	for _, key := range keys {
		if t, _, ok := x.registry.ParseKey(key); ok {
			x.caches.changed(c, t.Prefix())
		}
	}
}
