package cli

import (
	"errors"
	"io"
)

// ending is how a subcommand ends that says more with its exit code than whether it failed.
type ending struct {
	code int
	err  error // nil: all has been said
}

func (e ending) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// endedWith gives an error an exit code.
func endedWith(code int, err error) error {
	if err == nil {
		return nil
	}
	return ending{code, err}
}

// exitCode says what there is to say about an error of a command, and returns the exit code.
func exitCode(out io.Writer, err error) int {
	how := ending{1, err}
	errors.As(err, &how)
	if how.err != nil {
		complain(out, how.err)
	}
	return how.code
}
