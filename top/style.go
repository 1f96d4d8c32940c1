package top

import "github.com/charmbracelet/x/ansi"

// style is how text looks. What it says it says without, too: there are terminals without colours,
// and eyes.
type style struct{ ansi.Style }

var (
	plain  = style{}
	strong = style{ansi.Style{}.Bold()}
	weak   = style{ansi.Style{}.Faint()}
	good   = style{ansi.Style{}.ForegroundColor(ansi.Green)}
	bad    = style{ansi.Style{}.Bold().ForegroundColor(ansi.Red)}
	notice = style{ansi.Style{}.ForegroundColor(ansi.Yellow)}
	filled = style{ansi.Style{}.ForegroundColor(ansi.Cyan)}
	chosen = style{ansi.Style{}.Reverse(true)}
)

func (s style) of(text string) string {
	if len(s.Style) == 0 {
		return text
	}
	return s.Styled(text)
}
