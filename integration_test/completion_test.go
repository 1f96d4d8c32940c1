package integration_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// completes returns what a shell proposes for the last word of a line, by the shell's own means.
type completes func(t *testing.T, line string) []string

// A directory with these files is where the shells are.
var filesToComplete = []string{"alpha.yaml", "beta.pem"}

// TestCompletion types the beginning of lines in each shell: all flags of all commands, all their
// values, and what else people type.
func TestCompletion(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	for shell, start := range map[string]func(t *testing.T, script, dir string) completes{
		"bash": startBash, "zsh": startZsh, "fish": startFish,
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			requireProgram(t, shell, shell)
			script := filepath.Join(t.TempDir(), "completion")
			output, code := run(t, binary, "completion", shell)
			if code != 0 {
				t.Fatal(output)
			}
			dir := t.TempDir()
			for path, text := range map[string]string{script: output, filepath.Join(dir, filesToComplete[0]): "", filepath.Join(dir, filesToComplete[1]): ""} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			propose := start(t, script, dir)
			lines := linesToComplete(t)
			if shell == "zsh" { // it takes the word behind a flag for its value if there may be one
				delete(lines, "--protected-mode check --f")
			}
			for line, want := range lines {
				got := propose(t, "prefixtracker "+line)
				for i, word := range got { // some shells propose the whole word
					if flag, _, ok := strings.Cut(lastWord(line), "="); ok {
						got[i] = strings.TrimPrefix(word, flag+"=")
					}
				}
				if shell == "zsh" && lastWord(line) == "" {
					// Where a flag may stand it proposes one, without a dash, too, and commands
					// behind a flag whose yes may be left out.
					got = slices.DeleteFunc(got, func(word string) bool { return strings.HasPrefix(word, "--") })
					if slices.Equal(want, []string{"yes", "no"}) && !strings.HasPrefix(line, "serve") {
						want = slices.Concat(want, lines[""])
					}
				}
				slices.Sort(got)
				slices.Sort(want)
				if got = slices.Compact(got); !slices.Equal(got, want) {
					t.Errorf("%q:\n got  %q\n want %q", line, got, want)
				}
			}
		})
	}
}

// TestCompletionLoadedByName: where packages put it, zsh loads it by its name.
func TestCompletionLoadedByName(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "zsh", "zsh")
	functions := t.TempDir()
	output, _ := run(t, binary, "completion", "zsh")
	writeText(t, filepath.Join(functions, "_prefixtracker"), output)
	propose := startZshWith(t, "fpath=("+functions+" $fpath)", "", t.TempDir())
	for range 2 { // the first time it is read
		if got := propose(t, "prefixtracker --appendf"); !slices.Equal(got, []string{"--appendfsync"}) {
			t.Errorf("got %q", got)
		}
	}
}

func TestCompletionOfOtherShells(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	for _, line := range []string{"completion", "completion tcsh", "completion bash zsh"} {
		if output, code := run(t, binary, words(line)...); code != 1 || output != "prefixtracker: completion needs one of bash, zsh and fish: see prefixtracker completion --help\n" {
			t.Errorf("%s exited with %d and printed %q", line, code, output)
		}
	}
}

func lastWord(line string) string { return line[strings.LastIndex(line, " ")+1:] }

// linesToComplete are beginnings of lines behind the program's name, and what there is for the
// last word of each: of each command all flags, and a flag of each kind of value.
func linesToComplete(t *testing.T) map[string][]string {
	t.Helper()
	help := helpOf(t)
	commands := slices.DeleteFunc(slices.Collect(maps.Keys(help)), func(name string) bool { return name == "" })
	lines := map[string][]string{
		"ser":                                 {"serve"},
		"--appendf":                           {"--appendfsync"},
		"--appendfsync e":                     {"everysec"},
		"--appendfsync=":                      {"always", "everysec", "no"},
		"--appendfsync=a":                     {"always"},
		"serve --appendfsync always --log-le": {"--log-level"},
		"--log-level debug serve --log-fo":    {"--log-format"},
		"--protected-mode --addr x comp":      {"completion"},
		"--protected-mode no comp":            {"completion"},
		"--protected-mode=no comp":            {"completion"},
		"--protected-mode check --f":          {"--fix"},
		"--protected-mode no check --f":       {"--fix"},
		"--protected-mode --max-q":            {"--max-query-memory"},
		"--addr 127.0.0.1:7171 ":              commands,
		"--config al":                         {"alpha.yaml"},
		"--config=al":                         {"alpha.yaml"},
		"serve --config=be":                   {"beta.pem"},
		"serve ":                              nil,
		"version --check":                     nil,
		"check --appendf":                     nil,
		"check al":                            {"alpha.yaml"},
		"help vers":                           {"version"},
	}
	for command, of := range help {
		before := strings.TrimPrefix(command+" ", " ")
		lines[before] = proposals(of.arguments, commands)
		lines[before+"--"] = nil
		kinds := map[string]bool{"": true}
		for _, flag := range slices.Sorted(maps.Keys(of.flags)) {
			placeholder := of.flags[flag]
			lines[before+"--"] = append(lines[before+"--"], "--"+flag)
			if !kinds[placeholder] {
				kinds[placeholder] = true
				lines[before+"--"+flag+" "] = proposals(placeholder, commands)
			}
		}
	}
	return lines
}

// proposals are what there is for a placeholder of --help.
func proposals(placeholder string, commands []string) (words []string) {
	alternatives := strings.Split(strings.Trim(placeholder, "[]"), "|")
	for _, alternative := range alternatives {
		switch {
		case alternative == "FILE", alternative == "PATH", alternative == "DIR":
			return slices.Clone(filesToComplete)
		case alternative == "COMMAND":
			return slices.Clone(commands)
		case len(alternatives) > 1 && alternative == strings.ToLower(alternative):
			words = append(words, alternative)
		}
	}
	return words
}

// commandHelp is what --help says of a command.
type commandHelp struct {
	arguments string
	flags     map[string]string // and the placeholders of their values, "" for none
}

// helpOf is all that --help says, by the names of commands; "" is without one.
func helpOf(t *testing.T) map[string]commandHelp {
	t.Helper()
	all := map[string]commandHelp{"": {"[COMMAND]", nil}}
	whole, _ := run(t, binary, "--help")
	_, list, _ := strings.Cut(whole, "\nCOMMANDS:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	for line := range strings.Lines(list) {
		all[strings.Fields(line)[0]] = commandHelp{}
	}
	for name, of := range all {
		text := whole
		if name != "" {
			text, _ = run(t, binary, "help", name)
			if m := regexp.MustCompile(`(?m)^ +prefixtracker ` + name + ` \[command options\](?: (\S+))?$`).FindStringSubmatch(text); m != nil {
				of.arguments = m[1]
			}
		}
		of.flags = make(map[string]string)
		_, text, _ = strings.Cut(text, "OPTIONS:\n")
		for _, m := range regexp.MustCompile(`(?m)^ +--([a-z0-9-]+)(?:, -[a-z])?(?: (\S+(?: \S+)*))?(?:  |$)`).FindAllStringSubmatch(text, -1) {
			of.flags[m[1]] = m[2]
		}
		all[name] = of
	}
	if len(all) < 5 || len(all["serve"].flags) < 40 || all["serve"].flags["appendfsync"] != "always|everysec|no" || all["check"].arguments != "DIR|FILE" {
		t.Fatalf("--help is not what this test can read: %v", all)
	}
	return all
}

func startFish(t *testing.T, script, dir string) completes {
	return func(t *testing.T, line string) (words []string) {
		t.Helper()
		cmd := exec.Command("fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, line)
		cmd.Dir = dir
		cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir())
		output, code := runCommand(t, cmd)
		if code != 0 {
			t.Errorf("fish exited with %d and printed %s", code, output)
		}
		for line := range strings.Lines(output) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			words = append(words, word)
		}
		return words
	}
}

// The other shells are on a terminal, have a key that puts all proposals into the line, and run it
// with a command in place of the program that tells its words.

const tellWords = `prefixtracker() { printf '%s\n' "$@" >"$ANSWER.new"; mv "$ANSWER.new" "$ANSWER"; }
`

func startBash(t *testing.T, script, dir string) completes {
	rc := filepath.Join(t.TempDir(), "bashrc")
	writeText(t, rc, "PS1='ready> '\nbind 'set enable-bracketed-paste off'\nbind '\"\\C-t\": insert-completions'\nsource "+script+"\n"+tellWords)
	return startShell(t, "bash --noprofile --rcfile "+rc+" -i", dir)
}

func startZsh(t *testing.T, script, dir string) completes {
	return startZshWith(t, "", "source "+script, dir)
}

// startZshWith does something before and behind what makes it complete at all.
func startZshWith(t *testing.T, before, behind, dir string) completes {
	home := t.TempDir()
	writeText(t, filepath.Join(home, ".zshrc"), `PS1='ready> '
unsetopt beep prompt_sp
unset zle_bracketed_paste
`+before+`
autoload -Uz compinit && compinit -u -D
zle -C all-matches complete-word _generic
bindkey '^T' all-matches
zstyle ':completion:all-matches::::' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert yes
`+behind+"\n"+tellWords)
	return startShell(t, "env ZDOTDIR="+home+" zsh -d -i", dir)
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func startShell(t *testing.T, command, dir string) completes {
	t.Helper()
	answer := filepath.Join(t.TempDir(), "answer")
	term := startTerminal(t, fmt.Sprintf("env -C %s ANSWER=%s TERM=dumb %s", dir, answer, command))
	return func(t *testing.T, line string) []string {
		t.Helper()
		term.shows(t, "ready> ")
		term.types(line + "\x14\r")
		var text string
		eventually(t, "the words of "+line, func() bool {
			read, err := os.ReadFile(answer)
			text = string(read)
			return err == nil
		})
		if err := os.Remove(answer); err != nil {
			t.Fatal(err)
		}
		words := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		typed := strings.Fields(line)
		if !strings.HasSuffix(line, " ") {
			typed = typed[:len(typed)-1] // has become the proposals, or is still there
			if len(words) == len(typed) && words[len(words)-1] == lastWord(line) {
				words = words[:len(words)-1]
			}
		}
		return slices.DeleteFunc(words[len(typed)-1:], func(w string) bool { return w == "" })
	}
}
