package cli

import urfave "github.com/urfave/cli/v2"

func helpCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "help",
		Usage:     "print what the program, or one of its commands, can do",
		ArgsUsage: "[COMMAND]",
		Action:    help,
	}
}

func help(c *urfave.Context) error {
	name := c.Args().First()
	switch {
	case name == "":
		return urfave.ShowAppHelp(c)
	case c.App.Command(name) == nil:
		return unknownCommand(name)
	}
	return urfave.ShowCommandHelp(c, name)
}
