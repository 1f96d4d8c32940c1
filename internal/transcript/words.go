package transcript

import (
	"errors"
	"strconv"
	"strings"
)

// ErrQuotes says that a command's quotes are not balanced, or that text
// follows a closing quote.
var ErrQuotes = errors.New("unbalanced quotes in command")

// Words splits a command as redis-cli does: at blanks, with "…" in which
// \n \r \t \a \b \\ \" and \xHH are escapes, and '…' in which \' is one.
func Words(command string) ([]string, error) {
	var words []string
	for {
		command = strings.TrimLeft(command, " ")
		if command == "" {
			return words, nil
		}
		var word strings.Builder
		for command != "" && command[0] != ' ' {
			quote := command[0]
			if quote != '"' && quote != '\'' {
				word.WriteByte(quote)
				command = command[1:]
				continue
			}
			rest, ok := quoted(&word, command[1:], quote)
			if !ok || rest != "" && rest[0] != ' ' {
				return nil, ErrQuotes
			}
			command = rest
		}
		words = append(words, word.String())
	}
}

// quoted writes text up to the closing quote and returns what follows that.
func quoted(word *strings.Builder, text string, quote byte) (rest string, ok bool) {
	for text != "" {
		c := text[0]
		switch {
		case c == quote:
			return text[1:], true
		case c != '\\' || len(text) == 1 || quote == '\'' && text[1] != '\'':
			word.WriteByte(c)
			text = text[1:]
			continue
		}
		if quote == '"' && text[1] == 'x' && len(text) >= 4 {
			if b, err := strconv.ParseUint(text[2:4], 16, 8); err == nil {
				word.WriteByte(byte(b))
				text = text[4:]
				continue
			}
		}
		escaped := text[1]
		if i := strings.IndexByte("nrtab", escaped); i >= 0 && quote == '"' {
			escaped = "\n\r\t\a\b"[i]
		}
		word.WriteByte(escaped)
		text = text[2:]
	}
	return "", false
}
