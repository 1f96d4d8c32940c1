// Terminalsvg draws what tmux says is on its screen: it reads files as `tmux capture-pane -p -e` writes them, and
// writes an SVG that shows one after the other, light or dark as its reader likes. Who does not like things that
// move sees the last one.
//
//	terminalsvg FILE... > screen.svg
package main

import (
	"fmt"
	"html"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A cell of the screen, in pixels.
const (
	cellWidth, cellHeight = 8, 17
	margin                = 12
	frameSeconds          = 1.0
	lastFrames            = 3 // for so many the last one stays
)

// style is what an escape sequence asks for, as far as it is used here.
type style struct {
	bold, faint, reverse bool
	colour               string
}

var colours = map[int]string{31: "red", 32: "green", 33: "yellow", 36: "cyan"}

func (s *style) obey(parameters string) {
	for _, text := range strings.Split(parameters, ";") {
		switch n, _ := strconv.Atoi(text); n { // none is 0
		case 0:
			*s = style{}
		case 1:
			s.bold = true
		case 2:
			s.faint = true
		case 7:
			s.reverse = true
		case 22:
			s.bold, s.faint = false, false
		case 27:
			s.reverse = false
		case 39:
			s.colour = ""
		default:
			if c, ok := colours[n]; ok {
				s.colour = c
			}
		}
	}
}

func (s style) class() string {
	class := s.colour
	if s.bold {
		class += " b"
	}
	if s.faint {
		class += " w"
	}
	if s.reverse {
		class += " v"
	}
	return strings.TrimSpace(class)
}

var sequence = regexp.MustCompile(`\x1b\[([0-9;]*)m`)

// frame draws one screen, and returns how many lines and columns it has.
func frame(b *strings.Builder, text string) (rows, columns int) {
	now := style{} // goes on from line to line
	for row, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		column := 0
		for line != "" {
			run, at := line, sequence.FindStringSubmatchIndex(line)
			if at != nil {
				run = line[:at[0]]
			}
			drawRun(b, run, row, column, now)
			column += utf8.RuneCountInString(run)
			if at == nil {
				break
			}
			now.obey(line[at[2]:at[3]])
			line = line[at[1]:]
		}
		rows, columns = row+1, max(columns, column)
	}
	return rows, columns
}

func drawRun(b *strings.Builder, run string, row, column int, s style) {
	x, y := margin+column*cellWidth, margin+row*cellHeight
	if s.reverse {
		fmt.Fprintf(b, `<rect class="i" x="%d" y="%d" width="%d" height="%d"/>`, x, y, utf8.RuneCountInString(run)*cellWidth, cellHeight)
	}
	// Words stand on the grid whatever the font is; blocks are drawn.
	for run != "" {
		word := run[:wordLength(run)]
		n := utf8.RuneCountInString(word)
		first, _ := utf8.DecodeRuneInString(word)
		switch {
		case strings.TrimSpace(word) == "":
		case isBlock(first):
			for i, r := range []rune(word) {
				drawBlock(b, r, x+i*cellWidth, y, s.class())
			}
		default:
			fmt.Fprintf(b, `<text class="%s" x="%d" y="%d" textLength="%d">%s</text>`, s.class(), x, y+13, n*cellWidth, html.EscapeString(word))
		}
		x += n * cellWidth
		run = run[len(word):]
	}
	b.WriteByte('\n')
}

// wordLength is how far blocks, blanks or something else go on.
func wordLength(text string) int {
	kind := func(r rune) int {
		switch {
		case isBlock(r):
			return 1
		case r == ' ':
			return 2
		}
		return 0
	}
	first, _ := utf8.DecodeRuneInString(text)
	for i, r := range text {
		if kind(r) != kind(first) {
			return i
		}
	}
	return len(text)
}

func isBlock(r rune) bool { return r >= '▁' && r <= '▏' }

// drawBlock draws one of ▁ to █, which are eighths from below, or of █ to ▏, which are eighths from the left.
func drawBlock(b *strings.Builder, r rune, x, y int, class string) {
	width, height := float64(cellWidth), float64(cellHeight)
	if r <= '█' {
		height *= float64(r-'▁'+1) / 8
	} else {
		width *= float64('▏'-r+1) / 8
	}
	fmt.Fprintf(b, `<rect class="%s" x="%d" y="%.2f" width="%.2f" height="%.2f"/>`, class, x, float64(y+cellHeight)-height, width, height)
}

const look = `text,rect{fill:#24292f;font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}
.bg{fill:#f6f8fa}.b{font-weight:700}.w{opacity:.6}.i{fill:#24292f}text.v{fill:#f6f8fa}rect.v{fill:#f6f8fa}
.red{fill:#b3261e}.green{fill:#116329}.yellow{fill:#7d4e00}.cyan{fill:#0a6c86}
@media(prefers-color-scheme:dark){text,rect{fill:#e6edf3}.bg{fill:#0d1117}.i{fill:#e6edf3}text.v,rect.v{fill:#0d1117}
.red{fill:#ff7b72}.green{fill:#56d364}.yellow{fill:#e3b341}.cyan{fill:#56c7e0}}
`

func draw(screens []string) string {
	var frames strings.Builder
	rows, columns := 0, 0
	for i, text := range screens {
		fmt.Fprintf(&frames, "<g id=\"f%d\">\n", i)
		r, c := frame(&frames, text)
		frames.WriteString("</g>\n")
		rows, columns = max(rows, r), max(columns, c)
	}
	width, height := columns*cellWidth+2*margin, rows*cellHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="prefixtracker top while prefixes are filled">`+"\n<style>%s", width, height, width, height, look)
	last := len(screens) - 1
	total := float64(last + lastFrames)
	b.WriteString("@media(prefers-reduced-motion:no-preference){\n")
	for i := range screens {
		from, to := float64(i)/total*100, float64(i+1)/total*100
		if i == last {
			to = 100
		}
		fmt.Fprintf(&b, "#f%d{animation:k%d %.1fs step-end infinite}@keyframes k%d{0%%{visibility:%s}", i, i, total*frameSeconds, i, visible(i == 0))
		if i > 0 {
			fmt.Fprintf(&b, "%.3f%%{visibility:visible}", from)
		}
		if to < 100 {
			fmt.Fprintf(&b, "%.3f%%{visibility:hidden}", to)
		}
		b.WriteString("}\n")
	}
	b.WriteString("}\n@media(prefers-reduced-motion:reduce){")
	for i := range last {
		fmt.Fprintf(&b, "#f%d{visibility:hidden}", i)
	}
	fmt.Fprintf(&b, "}\n</style>\n<rect class=\"bg\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n%s</svg>\n", width, height, frames.String())
	return b.String()
}

func visible(is bool) string {
	if is {
		return "visible"
	}
	return "hidden"
}

func main() {
	var screens []string
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		screens = append(screens, string(text))
	}
	if len(screens) == 0 {
		fmt.Fprintln(os.Stderr, "terminalsvg FILE... > screen.svg")
		os.Exit(1)
	}
	fmt.Print(draw(screens))
}
