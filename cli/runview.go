package cli

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-isatty"
	"github.com/prefixtracker/prefixtracker/driver"
	"golang.org/x/term"
)

// runView shows a run on standard error while it goes on: a block that is drawn again in its place where somebody
// sees it, else a line every few seconds.
type runView struct {
	terminal bool
	frames   chan []string // the newest that is not drawn yet
	over     chan struct{} // closed when the last is drawn

	next time.Time // when there is something to say again
	said string    // the phase and its state of the last line
}

const (
	viewEvery = 250 * time.Millisecond
	meterWide = 20
)

func startRunView() *runView {
	v := &runView{
		terminal: isatty.IsTerminal(os.Stderr.Fd()) && os.Getenv("TERM") != "dumb",
		frames:   make(chan []string, 1),
		over:     make(chan struct{}),
	}
	go v.draw()
	return v
}

// tell takes how far the run is, from one goroutine. It does not wait for who reads: a terminal may be stopped, and the
// run is not.
func (v *runView) tell(p driver.Progress) {
	state, now := fmt.Sprintf("%d %s", p.Index, p.State), time.Now()
	if now.Before(v.next) && (v.terminal || state == v.said) {
		return
	}
	every, frame := linesEvery, []string(nil)
	if v.terminal {
		every, frame = viewEvery, runBlock(&p)
	} else {
		frame = []string{runLine(&p)}
	}
	v.next, v.said = now.Add(every), state
	select {
	case <-v.frames: // an older one, which nobody has drawn
	default:
	}
	v.frames <- frame
}

// end draws what is left to be drawn, and takes the block away.
func (v *runView) end() {
	close(v.frames)
	<-v.over
}

func (v *runView) draw() {
	defer close(v.over)
	drawn := 0
	for frame := range v.frames {
		if !v.terminal {
			fmt.Fprintln(os.Stderr, strings.Join(frame, "\n"))
			continue
		}
		frame = fitted(frame)
		fmt.Fprint(os.Stderr, back(drawn)+strings.Join(frame, "\n")+"\n")
		drawn = len(frame)
	}
	if drawn > 0 {
		fmt.Fprint(os.Stderr, back(drawn))
	}
}

// back goes to the beginning of a block of so many lines, and takes it away.
func back(lines int) string {
	if lines == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", lines)
}

// fitted is as much of a block as the terminal has room for: a line that is longer, or one more, would stay there.
func fitted(frame []string) []string {
	width, height, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil || width < 2 || height < 2 {
		width, height = 80, 24
	}
	frame = frame[:min(len(frame), height-1)]
	for i, line := range frame {
		frame[i] = ansi.Truncate(line, width-1, "…")
	}
	return frame
}

// runTitle is the phase, and what it does.
func runTitle(p *driver.Progress) string {
	title := visible(cmp.Or(p.Phase.Name, p.Phase.Sync))
	if p.Phases > 1 {
		title += fmt.Sprintf(" (%d of %d)", p.Index+1, p.Phases)
	}
	return title + ": " + visible(p.State)
}

// runHeadway is how far it is.
func runHeadway(p *driver.Progress) (parts []string) {
	parts = append(parts, p.Elapsed.Round(time.Second).String())
	if p.Part >= 0 {
		parts = append(parts, fmt.Sprintf("%.0f %%", 100*p.Part))
	}
	if p.Left > 0 {
		parts = append(parts, p.Left.Round(time.Second).String()+" left")
	}
	if p.Sync != nil {
		parts = append(parts, fmt.Sprintf("%s keys, %s", grouped(max(p.Sync.Visited, p.Sync.Scanned)), visible(p.Sync.Phase)))
	}
	if p.Last.Backlog > 0 {
		parts = append(parts, fmt.Sprintf("the store is behind: %s operations, %s", grouped(p.Last.Backlog), short(p.Last.Behind)))
	}
	return parts
}

// runLine is it in one line.
func runLine(p *driver.Progress) string {
	var b strings.Builder
	b.WriteString(runTitle(p) + ", " + strings.Join(runHeadway(p), ", "))
	for _, o := range opFigures(p.Phase, &p.Last, p.LastTook.Seconds()) {
		fmt.Fprintf(&b, "; %s %.0f/s", o.name, o.rate)
		if o.asks {
			fmt.Fprintf(&b, ", hit %s", o.hit)
		}
		if o.replies > 0 {
			fmt.Fprintf(&b, ", p50 %s, p99 %s, p99.9 %s", short(o.p50), short(o.p99), short(o.p999))
		}
		if o.errors > 0 {
			fmt.Fprintf(&b, ", %d errors", o.errors)
		}
	}
	return b.String()
}

// runBlock is it in several lines, of which none is too long for most terminals.
func runBlock(p *driver.Progress) []string {
	title := runTitle(p)
	if p.Part >= 0 {
		full := int(min(p.Part, 1) * meterWide)
		title += "  " + strings.Repeat("█", full) + strings.Repeat("░", meterWide-full)
	}
	lines := []string{title + "  " + strings.Join(runHeadway(p), ", ")}
	ops := opFigures(p.Phase, &p.Last, p.LastTook.Seconds())
	totals := opFigures(p.Phase, &p.Total, p.Took.Seconds())
	if len(ops) == 0 {
		return lines
	}
	var b strings.Builder
	table := columns(&b)
	fmt.Fprintln(table, "operation\tops/s\tdone\thit ratio\tp50\tp99\tp99.9\terrors\t")
	for i, o := range ops {
		total := opFigure{}
		if i < len(totals) {
			total = totals[i]
		}
		fmt.Fprintf(table, "%s\t%.0f\t%s\t%s\t%s\t%s\t%s\t%d\t\n", o.name, o.rate, grouped(total.replies), total.hit, short(o.p50), short(o.p99), short(o.p999), total.errors)
	}
	_ = table.Flush() // into memory
	return append(lines, strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")...)
}
