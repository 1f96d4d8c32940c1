package cli

import "strconv"

// visible is a text of others for people: in quotes if a terminal would obey something in it.
func visible(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}
