package cli

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/prefixtracker/prefixtracker/top"
	urfave "github.com/urfave/cli/v2"
)

// topCommand shows a server in a terminal, with its own settings.
func topCommand(settings []row, before flagSet) *urfave.Command {
	r := newReach(settings, "http-addr", "requirepass", "requirepass-file", "tls-cert", "tls-key", "tls-ca")
	return &urfave.Command{
		Name:  "top",
		Usage: "show a server at work, in the terminal",
		Description: "Shows prefixes with their rates, where the IDs of one lie, clients, memory and the log; ? tells the keys.\n" +
			"What is not written to a terminal is printed once, as text, or again after each --interval.",
		Flags: append(r.given.flags(),
			&urfave.BoolFlag{Name: "tls", Usage: "speak TLS, as with --tls-cert"},
			insecureFlag(),
			&urfave.StringFlag{Name: "match", Usage: "prefixes with this `TEXT` in their names, or of a glob with * ? [ ]"},
			&urfave.StringFlag{Name: "sort", Usage: "in the order of `" + strings.Join(top.Orders(), "|") + "`", Value: top.Orders()[0]},
			&urfave.BoolFlag{Name: "once", Usage: "print once, as text, also to a terminal"},
			&urfave.DurationFlag{Name: "interval", Usage: "print as text, again after each `TIME`"}),
		Action: func(c *urfave.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			log.SetOutput(io.Discard) // net/http complains there of strangers, in the middle of the screen
			server, err := r.teller(before, c.Bool("tls"), c.Bool(insecureName))
			if err != nil {
				return err
			}
			options := top.Options{Match: c.String("match"), Sort: c.String("sort")}
			interval := c.Duration("interval")
			switch {
			case !slices.Contains(top.Orders(), options.Sort):
				return fmt.Errorf("invalid value %q for --sort: must be one of %s", options.Sort, strings.Join(top.Orders(), ", "))
			case c.Bool("once"):
				interval = 0
			case interval == 0 && hasScreen():
				return top.Run(c.Context, server, options)
			}
			return top.Print(c.Context, server, options, interval, c.App.Writer)
		},
	}
}

// hasScreen tells whether there is somebody who sees, on something that can be drawn on.
func hasScreen() bool {
	return isatty.IsTerminal(os.Stdout.Fd()) && isatty.IsTerminal(os.Stdin.Fd()) && os.Getenv("TERM") != "dumb"
}

var errNoHTTP = errors.New("--http-addr says that the server has no HTTP address, which is what tells")

// teller is the server that tells of itself over HTTP, by the settings that it has.
func (r *reach) teller(before flagSet, withTLS, insecure bool) (top.Server, error) {
	c, password, err := r.read(before)
	if err != nil {
		return top.Server{}, err
	}
	if c.web.addr.text == "" {
		return top.Server{}, errNoHTTP
	}
	s := top.Server{Address: loopbackFor(c.web.addr.text), Password: password}
	if withTLS || c.tls.cert != "" {
		s.TLS, err = c.tls.clientTLS(s.Address, insecure)
	}
	return s, err
}

// loopbackFor is the address to ask a server at that listens on all of the machine's.
func loopbackFor(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip, _ := netip.ParseAddr(host); err == nil && (host == "" || ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port) // those who listen on [::] hear of it, too
	}
	return addr
}
