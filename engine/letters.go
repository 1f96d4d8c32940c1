package engine

// Clients' words are bytes: only the letters of ASCII have a case. Unicode's rules
// would take other letters for them, such as the Kelvin sign for a k.

// Lower returns word in lower case.
func Lower(word []byte) string {
	lower := make([]byte, len(word))
	for i, c := range word {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return string(lower)
}

// Is reports whether word is keyword (given in upper case), in any letters.
func Is(word []byte, keyword string) bool {
	if len(word) != len(keyword) {
		return false
	}
	for i, c := range word {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != keyword[i] {
			return false
		}
	}
	return true
}
