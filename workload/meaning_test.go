package workload

import "testing"

// What a command's integers say is as Redis has it: which of them tell that nothing was there.
func TestMeaning_IntegersTell(t *testing.T) {
	for command, missed := range map[string]int64{
		"del {key}": 0, "UNLINK {key}": 0, "EXISTS {key}": 0, "TOUCH {key}": 0, "EXPIRE {key} 5": 0, "PEXPIRE {key} 5": 0, "PERSIST {key}": 0,
		"HEXISTS {key} f": 0, "HDEL {key} f": 0, "SISMEMBER {key} a": 0, "SREM {key} a": 0, "LLEN {key}": 0, "TTL {key}": -2, "PTTL {key}": -2,
	} {
		template, err := ParseTemplate(command)
		if err != nil {
			t.Fatal(err)
		}
		if !template.Counts() || !template.Missed(missed) || template.Missed(1) || template.Missed(-1) {
			t.Errorf("%s: %d does not tell a miss", command, missed)
		}
	}
	for _, command := range []string{"SET {key} 1", "HSET {key} a 1", "INCR {key}", "SADD {key} 1", "LPUSH {key} 1", "SETBIT {key} 1 0", "PT.ADD p {id}", "GET {key}"} {
		template, err := ParseTemplate(command)
		if err != nil {
			t.Fatal(err)
		}
		if template.Counts() || template.Missed(0) {
			t.Errorf("%s: 0 tells a miss", command)
		}
	}
	for command, reads := range map[string]bool{"get {key}": true, "GETDEL {key}": true, "HGET {key} f": true, "GETEX {key}": true, "GETSET {key} 1": true,
		"GETRANGE {key} 0 1": false, "MGET {key}": false, "DUMP {key}": false, "SET {key} {value}": false, "EVAL x 1 {key}": false} {
		template, err := ParseTemplate(command)
		if err != nil || template.ReadsValue() != reads {
			t.Errorf("%s: its reply is a value: not %v", command, reads)
		}
	}
}

func TestMeaning_WhatMayBeDoneTwice(t *testing.T) {
	for command, may := range map[string]bool{"SET {key} {value}": true, "get {key}": true, "DEL {key}": true, "HSET {key} a 1": true, "EXISTS {key}": true,
		"INCR {key}": false, "APPEND {key} a": false, "LPUSH {key} 1": false, "LREM {key} 1 a": false, "EVAL x 1 {key}": false, "LPOP {key}": false} {
		template, err := ParseTemplate(command)
		if err != nil || template.Repeatable() != may {
			t.Errorf("%s may be done twice: not %v", command, may)
		}
	}
}

// What a command is taken for may not go against itself.
func TestMeaning_IsOne(t *testing.T) {
	for name, m := range meanings {
		if m.makes && m.ends || m.deletes && !m.ends || m.missed != 0 && !m.counts || m.counts && m.value {
			t.Errorf("%s: %+v", name, m)
		}
	}
}
