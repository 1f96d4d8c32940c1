package top

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// clean is text of others without what a terminal would obey, or what would disorder it.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}

// fit is text in exactly so many columns of a terminal, cut if it must be.
func fit(text string, width int, right bool) string {
	if width <= 0 {
		return ""
	}
	text = ansi.Truncate(text, width, "…")
	for ansi.StringWidth(text) > width { // what is cut may be wider than it was: signs that belong together no longer do
		_, last := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-last]
	}
	blank := strings.Repeat(" ", width-ansi.StringWidth(text))
	if right {
		return blank + text
	}
	return text + blank
}

// whole is a number in full, 1,234,567, if there is room for it, else short.
func whole(n uint64, room int) string {
	digits := strconv.FormatUint(n, 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if b.Len() <= room {
		return b.String()
	}
	return scaled(float64(n), 1000, "", "k", "M", "G", "T", "P", "E")
}

// rate is a number a second, 0 as nothing at all: most are.
func rate(perSecond float64) string {
	switch size := math.Abs(perSecond); {
	case size == 0:
		return "·"
	case size < 10:
		return strconv.FormatFloat(perSecond, 'f', 1, 64)
	case size < 1000:
		return strconv.FormatFloat(perSecond, 'f', 0, 64)
	}
	return scaled(perSecond, 1000, "", "k", "M", "G", "T")
}

func bytes(n float64) string { return scaled(n, 1000, " B", " kB", " MB", " GB", " TB", " PB") }

// scaled is a number in the largest of the units that it has one of.
func scaled(n, step float64, units ...string) string {
	i := 0
	for ; math.Abs(n) >= step && i < len(units)-1; i++ {
		n /= step
	}
	digits := 0
	if i > 0 && math.Abs(n) < 100 {
		digits = 1
	}
	return strconv.FormatFloat(n, 'f', digits, 64) + units[i]
}

// span is a time in its two largest units.
func span(seconds float64) string {
	s := int64(seconds)
	switch {
	case s < 0 || seconds > 100*365*86400:
		return "ages"
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 86400:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	}
	return fmt.Sprintf("%dd%02dh", s/86400, s/3600%24)
}

// share is how much of a whole there is. Only all is 100 %, and only nothing is 0.
func share(part, all uint64) string {
	switch percent := 100 * float64(part) / float64(max(all, 1)); {
	case part == 0:
		return "0%"
	case part >= all:
		return "100%"
	case percent < 0.1:
		return "<0.1%"
	case percent > 99.9:
		return ">99.9%"
	default:
		return fmt.Sprintf("%.1f%%", percent)
	}
}

// bar is how much of a whole there is, as a picture. It is full if all is there, and empty if nothing.
func bar(part, all uint64, width int) string {
	const steps = 8
	eighths := []rune(" ▏▎▍▌▋▊▉")
	n := int(float64(part) / float64(max(all, 1)) * float64(width*steps))
	switch {
	case part >= all:
		n = width * steps
	case part > 0:
		n = min(max(n, 1), width*steps-1)
	}
	text := strings.Repeat("█", n/steps)
	if n/steps < width {
		text += string(eighths[n%steps]) + strings.Repeat(" ", width-n/steps-1)
	}
	return text
}
