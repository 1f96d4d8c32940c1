package remote

import (
	"bufio"
	"context"
	"strconv"
	"time"

	"github.com/gomodule/redigo/redis"
)

// exchange sends commands and reads their replies without what redigo makes of every word: IDs come and go by
// the thousand, and redigo makes a value on the heap of each. It has the connection for itself, on which redigo
// has read all that it has asked for.
type exchange struct {
	turn *turn
	out  []byte
	in   *bufio.Reader
}

// exchange has ask append commands, and read take the replies to all of them. What read returns is the error,
// a refusal among them; only with another one the connection is of no use any more.
func (c *Client) exchange(ctx context.Context, ask func(x *exchange), read func(x *exchange) error) error {
	t, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer t.end()
	x := &exchange{turn: t, out: c.out[:0], in: c.line.flow.from}
	ask(x)
	c.out = x.out
	_ = c.line.under.SetDeadline(time.Now().Add(silence)) // redigo sets one of its own for all that it does
	if _, err = c.line.flow.to.Write(x.out); err == nil {
		err = c.line.flow.to.Flush()
	}
	if err == nil {
		err = read(x)
	}
	if _, refused := err.(redis.Error); err != nil && !refused {
		t.broken = true
	}
	return c.why(ctx, err)
}

// command begins a command of so many words, its name among them.
func (x *exchange) command(name string, words int) {
	x.out = append(x.out, '*')
	x.out = strconv.AppendInt(x.out, int64(words), 10)
	x.out = append(x.out, '\r', '\n')
	x.text(name)
}

func (x *exchange) text(word string) {
	x.out = append(x.out, '$')
	x.out = strconv.AppendInt(x.out, int64(len(word)), 10)
	x.out = append(x.out, '\r', '\n')
	x.out = append(x.out, word...)
	x.out = append(x.out, '\r', '\n')
}

func (x *exchange) number(n uint64) {
	var room [20]byte
	x.text(string(strconv.AppendUint(room[:0], n, 10))) // does not leave the stack
}

// words is a command of some words and IDs.
func (x *exchange) words(ids []uint64, words ...string) {
	x.command(words[0], len(words)+len(ids))
	for _, word := range words[1:] {
		x.text(word)
	}
	for _, id := range ids {
		x.number(id)
	}
}

// next reads the first line of a reply: what it is, and its number: of : itself, of * and $ the length, -1 for
// null. A reply that is an error is returned as redigo does.
func (x *exchange) next() (kind byte, n int64, err error) {
	line, err := x.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return 0, 0, errReply
	}
	kind, line = line[0], line[1:len(line)-2]
	switch kind {
	case '+':
		return kind, 0, nil
	case '-':
		return kind, 0, redis.Error(line)
	case ':', '*', '$':
		n, ok := parse(line)
		if !ok {
			return 0, 0, errReply
		}
		return kind, n, nil
	}
	return 0, 0, errReply
}

// parse reads a number that is not large.
func parse(digits []byte) (n int64, ok bool) {
	if string(digits) == "-1" {
		return -1, true
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	for _, d := range digits {
		if d -= '0'; d > 9 {
			return 0, false
		}
		n = n*10 + int64(d)
	}
	return n, true
}

// integer reads a reply that is a number.
func (x *exchange) integer() (uint64, error) {
	kind, n, err := x.next()
	if err == nil && (kind != ':' || n < 0) {
		err = errReply
	}
	return uint64(n), err
}

// longest is how long a text is at most.
const longest = 1 << 16

// list reads how many entries a list has, -1 for null instead of a list.
func (x *exchange) list() (int64, error) {
	kind, n, err := x.next()
	if err == nil && kind != '*' && !(kind == '$' && n == -1) {
		err = errReply
	}
	return n, err
}

// string reads a text, "" for null.
func (x *exchange) string() (string, error) {
	kind, n, err := x.next()
	if err != nil || n == -1 {
		return "", err
	}
	if kind != '$' || n > longest {
		return "", errReply
	}
	text, err := x.in.Peek(int(n) + 2)
	if err != nil {
		return "", err
	}
	said := string(text[:n])
	_, err = x.in.Discard(int(n) + 2)
	return said, err
}

// skip reads a reply that is of no interest, or says why it is an error.
func (x *exchange) skip() error {
	kind, n, err := x.next()
	switch {
	case err != nil || n < 0:
	case kind == '$':
		_, err = x.in.Discard(int(n) + 2)
	case kind == '*':
		for ; n > 0 && isAnswer(err); n-- {
			err = x.both(err, x.skip)
		}
	}
	return err
}

// ids appends the IDs of a list of n entries, IDs or runs of them, and says how many runs there are, an ID that does not
// go on where the one before ends being one. more is how many IDs there may be.
func (x *exchange) ids(dst []uint64, n int64, more int) (_ []uint64, runs int, err error) {
	began := len(dst)
	for ; n > 0; n-- {
		if more-(len(dst)-began) >= int(n) {
			dst, runs, n = x.plain(dst, runs, n, began)
			if n == 0 {
				break
			}
		}
		kind, of, err := x.next()
		start, length := uint64(of), uint64(1)
		switch {
		case err != nil:
		case kind == '*' && of == 2:
			if start, err = x.integer(); err == nil {
				length, err = x.integer()
			}
		case kind != ':' || of < 0:
			err = errReply
		}
		if isAnswer(err) && (err != nil || length > uint64(more-(len(dst)-began))) {
			err = errReply // a refusal has no place here
		}
		if err != nil {
			return dst, runs, err
		}
		if last := len(dst) - 1; last < began || dst[last]+1 != start {
			runs++
		}
		for ; length > 0; length-- {
			dst = append(dst, start)
			start++
		}
	}
	return dst, runs, nil
}

// plain is ids for those numbers that are whole in the buffer, up to what is none: of samples all but one in some
// thousand. It returns how many entries are left.
func (x *exchange) plain(dst []uint64, runs int, n int64, began int) ([]uint64, int, int64) {
	there, _ := x.in.Peek(x.in.Buffered())
	used := 0
	for ; n > 0; n-- {
		at := used
		if at == len(there) || there[at] != ':' {
			break
		}
		id := uint64(0)
		for at++; at < len(there) && there[at]-'0' <= 9; at++ {
			id = id*10 + uint64(there[at]-'0')
		}
		if length := at - used - 1; length == 0 || length > 18 || at+2 > len(there) || there[at] != '\r' || there[at+1] != '\n' {
			break
		}
		if last := len(dst) - 1; last < began || dst[last]+1 != id {
			runs++
		}
		dst = append(dst, id)
		used = at + 2
	}
	_, _ = x.in.Discard(used) // it is there
	return dst, runs, n
}
