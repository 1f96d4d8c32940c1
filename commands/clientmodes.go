package commands

import "github.com/prefixtracker/prefixtracker/resp"

// CLIENT NO-EVICT ON|OFF · CLIENT NO-TOUCH ON|OFF: no connection is evicted
// here and no access is recorded, so both hold whatever is asked for; CLIENT
// LIST shows what was.
var (
	argOnOff          = Arg{Name: "enabled", Type: ArgOneOf, Args: []Arg{token("ON"), token("OFF")}}
	clientNoEvictSpec = &Spec{
		Name: "CLIENT|NO-EVICT", Arity: 3, Flags: []string{"admin"},
		Group: groupConnection, Summary: "Asks that the connection is never evicted, as none is.",
		Complexity: "O(1)", Since: "0.1.0", Reply: "OK", Args: []Arg{argOnOff}, Run: (*Commands).clientNoEvict,
	}
	clientNoTouchSpec = &Spec{
		Name: "CLIENT|NO-TOUCH", Arity: 3, Flags: []string{"fast"},
		Group: groupConnection, Summary: "Asks that no access is recorded, as none is.",
		Complexity: "O(1)", Since: "0.1.0", Reply: "OK", Args: []Arg{argOnOff}, Run: (*Commands).clientNoTouch,
	}
)

func (x *Commands) clientNoEvict(c *resp.Conn, args [][]byte) error {
	return setMode(c, args[0], func(p *resp.Profile, on bool) { p.NoEvict = on })
}

func (x *Commands) clientNoTouch(c *resp.Conn, args [][]byte) error {
	return setMode(c, args[0], func(p *resp.Profile, on bool) { p.NoTouch = on })
}

func setMode(c *resp.Conn, word []byte, set func(p *resp.Profile, on bool)) error {
	on := is(word, "ON")
	if !on && !is(word, "OFF") {
		return errSyntax
	}
	c.Describe(func(p *resp.Profile) { set(p, on) })
	c.OK()
	return nil
}

// CLIENT REPLY ON|OFF|SKIP
var clientReplySpec = &Spec{
	Name: "CLIENT|REPLY", Arity: 3, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Turns replies on, off, or off for the next command.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK for ON, else none",
	Args: []Arg{{Name: "action", Type: ArgOneOf, Args: []Arg{token("ON"), token("OFF"), token("SKIP")}}},
	Run:  (*Commands).clientReply,
}

// skipState counts down the commands whose replies SKIP takes away: that of
// CLIENT REPLY itself and the next.
type skipState int

func (x *Commands) clientReply(c *resp.Conn, args [][]byte) error {
	s := sessionOf(c)
	switch {
	case is(args[0], "ON"):
		c.Mute(false)
		s.skip = 0
		c.OK()
	case is(args[0], "OFF"):
		c.Mute(true)
		s.skip = 0
	case is(args[0], "SKIP"):
		if !c.Muted() || s.skip > 0 {
			c.Mute(true)
			s.skip = 2
		}
	default:
		return errSyntax
	}
	return nil
}

// skipReply is called after each command while s.skip is not 0.
func (s *session) skipReply(c *resp.Conn) {
	if s.skip--; s.skip == 0 {
		c.Mute(false)
	}
}
