package idfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// maxLine is longer than any key.
const maxLine = 1 << 10

// errNoID is for what is no ID in decimal digits.
var errNoID = errors.New("no ID in decimal digits")

// readLines gives parse each line without its end.
func readLines(in *bufio.Reader, parse func(line []byte) error) error {
	for number := 1; ; number++ {
		line, err := in.ReadSlice('\n')
		switch {
		case err == io.EOF && len(line) == 0:
			return nil
		case err == io.EOF:
			err = errors.New("the file ends within this line: it was cut off, or lacks the newline at its end")
		case err == bufio.ErrBufferFull || err == nil && len(line) > maxLine:
			err = fmt.Errorf("the line is longer than %d bytes", maxLine)
		case err != nil:
			return err // of the disk
		default:
			line = line[:len(line)-1]
			if end := len(line) - 1; end >= 0 && line[end] == '\r' { // another system's
				line = line[:end]
			}
			err = parse(line)
		}
		if err != nil {
			return atLine(number, err)
		}
	}
}

func atLine(number int, err error) error {
	var notOfTheLine lineError
	if errors.As(err, &notOfTheLine) {
		return notOfTheLine.error
	}
	return &Error{Where: "line " + strconv.Itoa(number), Why: err.Error()}
}

// lineError is an error of whoever is given IDs.
type lineError struct{ error }

func give(to *joiner, start, n uint64) error {
	if err := to.add(start, n); err != nil {
		return lineError{err}
	}
	return nil
}

// parseID reads decimal digits; zeros may stand before them.
func parseID(text []byte, limit uint64) (id uint64, err error) {
	if len(text) == 0 {
		return 0, errNoID
	}
	for _, c := range text {
		digit := uint64(c - '0')
		if digit > 9 {
			return 0, fmt.Errorf("%s: %w", quoted(text), errNoID)
		}
		if id > (1<<63)/10 { // no limit is so high
			return 0, fmt.Errorf("%s is no ID: the highest is %d", quoted(text), limit-1)
		}
		id = 10*id + digit
	}
	if id >= limit {
		return 0, errors.New(beyond(id, limit))
	}
	return id, nil
}

// quoted is a stranger's text as it can be shown.
func quoted(text []byte) string {
	const most = 64
	if len(text) > most {
		return strconv.QuoteToASCII(string(text[:most])) + "…"
	}
	return strconv.QuoteToASCII(string(text))
}
