package top

import (
	"context"
	"errors"
	"os"

	tea "charm.land/bubbletea/v2"
)

// Options are how it is looked at.
type Options struct {
	Match, Sort string // which prefixes first, and in which order
}

// Orders are those that prefixes can be sorted in.
func Orders() []string { return sorts }

// Run shows a server on the terminal until somebody quits or ctx ends. A server that cannot
// be reached at first is an error; later it is waited for.
func Run(ctx context.Context, server Server, options Options) error {
	s := newScreen(server.Address, options.Match, options.Sort)
	program := tea.NewProgram(s, tea.WithOutput(os.Stdout), tea.WithoutSignalHandler())
	f := newFeed(server, func(t told) { program.Send(t) })
	if err := f.reach(ctx); err != nil {
		return err
	}
	following, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select { // what is asked for depends on how large the screen is
		case v := <-s.views:
			f.follow(following, v, s.views)
		case <-following.Done():
		}
	}()
	unhook := context.AfterFunc(ctx, program.Quit)
	_, err := program.Run()
	unhook()
	stop()
	<-ended
	if errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}
