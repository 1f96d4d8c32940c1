package integration_test

import (
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// terminal is a program on a pseudo-terminal, where it behaves as it does for a person.
type terminal struct {
	*process
	keyboard io.Writer
	seen     int // of the output, so that each text is sought after the one before
}

// startTerminal runs a line of the shell on a terminal.
func startTerminal(t *testing.T, line string) *terminal {
	t.Helper()
	requireProgram(t, "script", "bsdutils")
	// A terminal without a size makes redis-cli ask for one and wait for the answer.
	cmd := exec.Command("script", "-q", "-e", "-c", "stty cols 200 rows 50; exec "+line, "/dev/null")
	cmd.Env = append(cmd.Environ(), "TERM=xterm", "HOME="+t.TempDir())
	keyboard, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{process: startProcess(t, cmd), keyboard: keyboard}
	t.Cleanup(func() {
		if t.Failed() {
			evidence(t, "the terminal", strconv.Quote(term.log.String()))
		}
	})
	return term
}

// types strikes keys. Keys struck before a prompt is there are lost: redis-cli empties its input.
func (term *terminal) types(keys string) { io.WriteString(term.keyboard, keys) }

// shows waits for a text and returns what came before it.
func (term *terminal) shows(t *testing.T, what string) (before string) {
	t.Helper()
	eventually(t, fmt.Sprintf("the terminal shows %q", what), func() bool {
		output := term.log.String()[term.seen:]
		at := strings.Index(output, what)
		if at < 0 {
			return false
		}
		before = output[:at]
		term.seen += at + len(what)
		return true
	})
	return before
}

// TestRedisCLIInteractive starts redis-cli on a terminal, where it fetches COMMAND DOCS for its
// hints and its help: wrong types there make it abort.
func TestRedisCLIInteractive(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	for _, protocol := range []string{"", "-3"} {
		t.Run("redis-cli "+protocol, func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			term := startTerminal(t, "redis-cli "+protocol+" -p "+s.port)
			prompt := "127.0.0.1:" + s.port + "> "

			term.shows(t, prompt)
			term.types("pt.add ")
			term.shows(t, "prefix id") // the hint, from COMMAND DOCS
			term.types("vec: 7 8\r")
			term.shows(t, "(integer) 2")
			term.shows(t, prompt)
			term.types("help pt.claimnext\r")
			term.shows(t, "summary:")
			term.shows(t, prompt)
			term.types("pt.claimnext vec: range 7 9\r")
			term.shows(t, "(nil)")
			term.shows(t, prompt)
			term.types("quit\r")
			if code := term.waitExit(t); code != 0 {
				t.Errorf("redis-cli exited with %d", code)
			}
		})
	}
}

// TestRedisCLIHelp asks for the help of every group, as a person does who is new here, and finds
// every command there: redis-cli shows the groups it does not know itself too.
func TestRedisCLIHelp(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	s := startServer(t)
	commandsOf := map[string][]string{}
	for _, d := range documentedCommands(t, connect(t, s.addr)) {
		if !strings.Contains(d.name, "|") {
			commandsOf[d.group] = append(commandsOf[d.group], d.name)
		}
	}
	if len(commandsOf["prefixtracker"]) == 0 || len(commandsOf["generic"]) == 0 {
		t.Fatalf("the groups are %v", commandsOf)
	}

	term := startTerminal(t, "redis-cli -p "+s.port)
	prompt := "127.0.0.1:" + s.port + "> "
	term.shows(t, prompt)
	for group, commands := range commandsOf {
		term.types("help @" + group + "\r")
		help := term.shows(t, "\n"+prompt) // a prompt on a line of its own: the help is complete
		for _, name := range commands {
			if !strings.Contains(help, "\x1b[1m"+strings.ToUpper(name)+"\x1b[0m") {
				t.Errorf("help @%s does not show %s", group, name)
			}
		}
	}
	term.types("quit\r")
	if code := term.waitExit(t); code != 0 {
		t.Errorf("redis-cli exited with %d", code)
	}
}
