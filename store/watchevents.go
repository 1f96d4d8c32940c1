package store

// kinds is what the names of keyspace events say of their key. Servers tell other names, too,
// and modules their own: what is not here says that something happened, no more.
//
// Where an element is taken away the key is still there at that moment; when it was the last one, a del follows.
var kinds = func() map[string]EventKind {
	kinds := make(map[string]EventKind, 128)
	for kind, names := range map[EventKind][]string{
		Gone: {
			"del", "expired", "evicted", "rename_from", "move_from",
		},
		There: {
			// of any type
			"new", "expire", "persist", "restore", "rename_to", "copy_to", "move_to", "sortstore",
			"overwritten", "type_changed",
			// strings, and what is kept in them
			"set", "append", "setrange", "setbit", "incrby", "incrbyfloat", "decrby", "pfadd", "pfmerge",
			// hashes
			"hset", "hincrby", "hincrbyfloat", "hdel", "hexpire", "hexpired", "hpersist",
			// lists
			"lpush", "rpush", "linsert", "lset", "lpop", "rpop", "lrem", "ltrim",
			// sets
			"sadd", "srem", "spop", "sinterstore", "sunionstore", "sdiffstore",
			// sorted sets
			"zadd", "zincr", "zrem", "zremrangebyscore", "zremrangebyrank", "zremrangebylex",
			"zpopmin", "zpopmax", "zinterstore", "zunionstore", "zdiffstore", "zrangestore", "geosearchstore", "georadiusstore",
			// streams
			"xadd", "xtrim", "xdel", "xsetid", "xgroup-create", "xgroup-createconsumer",
			"xgroup-delconsumer", "xgroup-destroy", "xgroup-setid",
		},
	} {
		for _, name := range names {
			kinds[name] = kind
		}
	}
	return kinds
}()

// kindOf returns what the event of a name says. ok is false for what says nothing: that somebody has
// asked for a key that is not there changes nothing.
func kindOf(name string) (kind EventKind, ok bool) { return kinds[name], name != "keymiss" }
