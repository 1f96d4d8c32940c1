package top

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// printed is how many prefixes a print has, and printedWidth how wide it is if names are short.
const (
	printed      = 50
	printedWidth = 144
)

// Print writes what the screen would show, as text, once or each time that interval has passed.
// The first one takes a second: there are no rates before.
func Print(ctx context.Context, server Server, options Options, interval time.Duration, out io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	answers := make(chan told)
	f := newFeed(server, func(t told) {
		select {
		case answers <- t:
		case <-ctx.Done():
		}
	})
	if err := f.reach(ctx); err != nil {
		return err
	}
	s := newScreen(server.Address, options.Match, options.Sort)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.follow(ctx, view{match: options.Match, sort: options.Sort, limit: printed}, nil)
	}()
	defer func() { stop(); <-ended }()
	var next time.Time
	for seen := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case t := <-answers:
			if no, is := t.what.(lost); is && interval == 0 {
				return no.why
			}
			s.answer(t)
			if _, is := t.what.(*prefixes); !is || s.state == nil {
				continue
			}
			if seen++; seen < 2 || time.Now().Before(next) {
				continue
			}
			if _, err := io.WriteString(out, s.print()); err != nil || interval == 0 {
				return err
			}
			next = time.Now().Add(interval - tellsEach/2)
		}
	}
}

// tellsEach is how often a server tells.
const tellsEach = time.Second

// print is the screen as text, with all columns and whole names.
func (s *screen) print() string {
	s.width, s.chosen = printedWidth, ""
	for i := range s.prefixes.Rows {
		wide := ansi.StringWidth(clean(s.prefixes.Rows[i].Name))
		s.width = max(s.width, printedWidth-nameWidth+wide)
	}
	text, header := "", 3
	if s.knowsStore() {
		header = 4
	}
	for _, l := range append(s.headerLines(header), s.tableLines()...) {
		text += strings.TrimRight(ansi.Strip(l), " ") + "\n"
	}
	if shown := uint64(len(s.prefixes.Rows)); s.prefixes.Matched > shown {
		text += fmt.Sprintf("  and %s more\n", whole(s.prefixes.Matched-shown, 20))
	}
	return text + "\n"
}
