package workload

// meaning is what is known of a command. Of others a load knows nothing but whether the reply is an error, or null.
type meaning struct {
	counts bool  // an integer tells whether something was there
	missed int64 // the integer that says that nothing was
	value  bool  // a string is a value, whole
	makes  bool  // a key that was not there can be there afterwards
	ends   bool  // a key that was there can be gone afterwards

	deletes bool // it is gone
	adds    bool // done twice, the store is another one than after one time
}

// meanings are of commands that loads have, and whose replies or purpose are not like those of others.
var meanings = func() map[string]meaning {
	all := make(map[string]meaning)
	for _, of := range []struct {
		what  meaning
		names []string
	}{
		{meaning{value: true}, []string{"GET", "GETEX", "HGET"}},
		{meaning{value: true, makes: true}, []string{"GETSET"}},
		{meaning{value: true, ends: true, deletes: true}, []string{"GETDEL"}},
		{meaning{makes: true}, []string{"SET", "SETEX", "PSETEX", "SETNX", "MSET", "MSETNX", "HSET", "HMSET", "HSETNX", "SADD", "JSON.SET"}},
		{meaning{counts: true, ends: true, deletes: true}, []string{"DEL", "UNLINK"}},
		{meaning{counts: true, ends: true}, []string{"HDEL", "SREM", "ZREM",
			"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "RENAMENX", "MOVE"}},
		{meaning{counts: true, ends: true, adds: true}, []string{"LREM", "JSON.DEL"}},
		{meaning{counts: true}, []string{"EXISTS", "TOUCH", "PERSIST", "STRLEN", "HEXISTS", "HLEN", "HSTRLEN",
			"SISMEMBER", "SCARD", "ZCARD", "LLEN", "XLEN"}},
		{meaning{counts: true, missed: -2}, []string{"TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"}},
		{meaning{}, []string{"MGET", "GETRANGE", "HMGET", "HGETALL", "HKEYS", "HVALS", "SMEMBERS", "ZSCORE", "LRANGE", "TYPE", "DUMP"}},
	} {
		for _, name := range of.names {
			all[name] = of.what
		}
	}
	return all
}()

// Counts tells whether integers that the command replies tell what was there from what was not.
func (t *Template) Counts() bool { return meanings[t.name].counts }

// Missed tells whether an integer that the command replied says that nothing was there.
func (t *Template) Missed(n int64) bool {
	m := meanings[t.name]
	return m.counts && n == m.missed
}

// ReadsValue tells whether a string that the command replies is a value, whole.
func (t *Template) ReadsValue() bool { return meanings[t.name].value }

// Repeatable tells whether the command is known to leave the store the same when it is done twice: then it may be sent again
// when nobody knows whether it was done. What it replies the second time may be different.
func (t *Template) Repeatable() bool {
	m, known := meanings[t.name]
	return known && !m.adds
}
