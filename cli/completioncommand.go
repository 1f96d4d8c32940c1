package cli

import (
	"fmt"
	"io"

	urfave "github.com/urfave/cli/v2"
)

// shells are those that there is completion for.
var shells = map[string]func(io.Writer, syntax){"bash": completeBash, "zsh": completeZsh, "fish": completeFish}

func completionCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "completion",
		Usage:     "print what makes a shell complete commands, flags and their values",
		ArgsUsage: "bash|zsh|fish",
		Description: "For bash:  source <(prefixtracker completion bash), in ~/.bashrc\n" +
			"For zsh:   source <(prefixtracker completion zsh), in ~/.zshrc behind compinit\n" +
			"For fish:  prefixtracker completion fish > ~/.config/fish/completions/prefixtracker.fish",
		Action: completion,
	}
}

func completion(c *urfave.Context) error {
	write := shells[c.Args().First()]
	if write == nil || c.Args().Len() != 1 {
		return fmt.Errorf("completion needs one of bash, zsh and fish: see %s completion --help", programName)
	}
	write(c.App.Writer, syntaxOf(c.App))
	return nil
}
