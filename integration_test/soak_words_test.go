package integration_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// soakMarker is what a pipeline ends with.
const soakMarker = "end of a pipeline"

// greeting says who the client is, again if need be: it may have said RESET.
func greeting() string {
	if rand.IntN(3) == 0 {
		return command("HELLO", "3", "AUTH", "default", soakPassword)
	}
	return command("AUTH", soakPassword)
}

// pipeline is some commands, at times as a transaction, or behind a delete iterator.
func (v *visit) pipeline() string {
	var b strings.Builder
	if rand.IntN(8) == 0 { // that ends with its connection, or with FLUSHALL
		prefix := fmt.Sprintf("deleted%d:", rand.IntN(50))
		b.WriteString(command("PT.ADD", prefix, "1", "2") + command("PT.DELITER", "OPEN", prefix, "TTL", "3600000", "ONCLOSE"))
	}
	transaction := rand.IntN(4) == 0
	if transaction {
		b.WriteString(command("MULTI"))
	}
	for range 1 + rand.IntN(30) {
		b.WriteString(v.command())
		v.sent.Add(1)
	}
	if transaction && rand.IntN(8) > 0 {
		b.WriteString(command([]string{"EXEC", "EXEC", "EXEC", "DISCARD"}[rand.IntN(4)]))
	}
	b.WriteString(command("ECHO", soakMarker))
	return b.String()
}

// command is any command, mostly with arguments of the right kind.
func (v *visit) command() string {
	from := v.commands
	if rand.IntN(100) == 0 {
		from = v.seldom
	}
	line := from[rand.IntN(len(from))].write(soakWords{v.soak})
	switch rand.IntN(60) {
	case 0:
		if !slices.Contains(line, "TTL") { // without it something lasts for a minute
			line = line[:1+rand.IntN(len(line))]
		}
	case 1:
		line = append(line, "x")
	case 2:
		if inline := strings.Join(line, " "); len(inline) < 1000 {
			return inline + "\r\n"
		}
	}
	return command(line...)
}

// soakWords makes up the words of a command of TestSoak: mostly some that it can do something with, and
// such that what there is at all stays bounded.
type soakWords struct{ *soak }

// wants has all that may last end by its time.
func (w soakWords) wants(a *argument, _ int) bool { return a.token == "TTL" || rand.IntN(3) == 0 }

func (w soakWords) choose(among []*argument) int { return rand.IntN(len(among)) }

func (w soakWords) times(a *argument) int {
	switch {
	case !a.multiple:
		return 1
	case rand.IntN(50) == 0:
		return 1 + rand.IntN(500)
	}
	return 1 + rand.IntN(6)
}

func (w soakWords) word(a *argument, _ int) string {
	switch a.kind {
	case "key":
		return anyKey()
	case "integer":
		switch a.name {
		case "protover":
			return strconv.Itoa(2 + rand.IntN(2))
		case "ms":
			return strconv.Itoa(1 + rand.IntN(2000))
		case "bit":
			return strconv.Itoa(rand.IntN(2))
		case "client-id":
			return strconv.FormatInt(w.opened.Load()-rand.Int64N(300), 10)
		}
		return anyNumber()
	case "double":
		return fmt.Sprintf("0.0%d", rand.IntN(30))
	case "pattern":
		return []string{"*", "p*", "p[0-5]*", "?1*", "*max*", "*[^x]:*"}[rand.IntN(6)]
	}
	switch a.name {
	case "token":
		if token := w.tokens[rand.IntN(len(w.tokens))].Load(); token != nil {
			return *token
		}
	case "member":
		return []string{anyNumber(), anyKey()}[rand.IntN(2)]
	case "username":
		return "default"
	case "password": // a wrong one costs everybody here a second
		if rand.IntN(300) > 0 {
			return soakPassword
		}
	case "parameter":
		return w.settings[rand.IntN(len(w.settings))]
	case "value":
		return anyNumber()
	case "command", "command-name", "arg":
		return strings.ReplaceAll(w.commands[rand.IntN(len(w.commands))].name, "|", " ")
	case "message", "data":
		return strings.Repeat("x", rand.IntN(1<<rand.IntN(18)))
	}
	return []string{"x", "all", "normal", "default", "p1:"}[rand.IntN(5)]
}

// anyKey is one of a few prefixes, or a key of one.
func anyKey() string {
	prefix := fmt.Sprintf("p%d:", rand.IntN(12))
	if rand.IntN(4) == 0 {
		return prefix + anyNumber()
	}
	return prefix
}

// anyNumber is small, or such that a range up to it is read in no time, or one of all there are.
func anyNumber() string {
	switch n := rand.IntN(8); {
	case n < 3:
		return strconv.Itoa(rand.IntN(20))
	case n < 7:
		return strconv.Itoa(rand.IntN(1 << rand.IntN(18)))
	}
	return strconv.FormatUint(rand.Uint64N(1<<48), 10)
}
