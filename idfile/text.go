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

// parser reads one line, without its end, as n IDs from start on.
type parser func(line []byte, f Form) (start, n uint64, err error)

// readLines gives away what parse makes of each line.
func readLines(in *bufio.Reader, f Form, to *joiner, parse parser) error {
	for number := 1; ; number++ {
		line, err := in.ReadSlice('\n')
		var start, n uint64
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
			start, n, err = parse(line, f)
		}
		if err != nil {
			return &Error{Where: "line " + strconv.Itoa(number), Why: err.Error()}
		}
		if err := to.add(start, n); err != nil {
			return err
		}
	}
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
