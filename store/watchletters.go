package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gomodule/redigo/redis"
)

// ErrSilent is for a server that does not tell what happens to its keys, and is not to be set or does not let itself be.
var ErrSilent = errors.New("it does not tell what happens to its keys")

const notify = "notify-keyspace-events"

// Letters of notify-keyspace-events. K has events told by key, A stands for several others.
const (
	always = "Kgxe"       // told by key: del and rename, expired, evicted
	byNew  = "n"          // one event for a key that comes, since Redis 7
	byType = "$lshzt"     // or one for each change of a key
	inA    = "gxe$lshztd" // d is for types of modules
)

// lacking returns the letters that have to be added to set for all to be heard that makes keys come and go, "" for
// none. That keys come is told by n alone, or by the types' letters together.
func lacking(set string) (letters string) {
	has := func(all string) bool {
		for _, letter := range all {
			if !strings.ContainsRune(set, letter) && !(strings.Contains(set, "A") && strings.ContainsRune(inA, letter)) {
				return false
			}
		}
		return true
	}
	for _, letter := range always {
		if !has(string(letter)) {
			letters += string(letter)
		}
	}
	if !has(byNew) && !has(byType) {
		letters += byNew
	}
	return letters
}

// errSet: a server did not tell what is needed, and has been set.
var errSet = errors.New(notify + " was changed by somebody, and is set again")

// speaks sees to it that a server tells what is needed. doubt says that it could not be asked, and why; set that
// it has been set, so that what happened before was not told.
func speaks(ctx context.Context, c *conn, configure bool) (doubt string, set bool, err error) {
	has, err := letters(ctx, c)
	if said, ok := refused(err); ok {
		return fmt.Sprintf("; whether it tells what happens cannot be asked, %s must have %s: %s", notify, lacking(""), said), false, nil
	}
	if err != nil {
		return "", false, explain(c.addr, err)
	}
	missing := lacking(has)
	if missing == "" {
		return "", false, nil
	}
	if !configure {
		return "", false, permanent{fmt.Errorf("%w: %s of %s is %q, it lacks %s: redis-cli CONFIG SET %s %s", ErrSilent, notify, c.addr, has, missing, notify, has+missing)}
	}
	for _, more := range []string{missing, "KA"} { // older servers do not know n
		if _, err = c.do(ctx, "CONFIG", "SET", notify, has+more); err == nil {
			break
		}
	}
	if err != nil {
		_, ok := refused(err)
		return "", !ok, explain(c.addr, err)
	}
	if has, err = letters(ctx, c); err == nil && lacking(has) != "" {
		err = permanent{fmt.Errorf("%w: %s of %s is %q after it was set, it lacks %s", ErrSilent, notify, c.addr, has, lacking(has))}
	}
	return "", true, err
}

func letters(ctx context.Context, c *conn) (string, error) {
	settings, err := redis.StringMap(c.do(ctx, "CONFIG", "GET", notify))
	return settings[notify], err
}
