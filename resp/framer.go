package resp

import (
	"encoding/binary"
	"math"
)

// Framer cuts what a client sends into commands: the one parser of client
// bytes. It takes the protocol as Redis 7 does and answers violations with
// Redis's texts, except:
//
//   - CR LF must follow each header and each bulk string; Redis skips two bytes
//     unseen there. A client that breaks this rule is out of step with its own
//     lengths: going on could execute its data.
//   - A line is too long by its length alone; in Redis also by how it was cut
//     into packets.
//   - Limits.Args holds for inline commands too. Exceeding Limits.Command is a
//     protocol error; Redis closes the connection without a reply.
//   - A NUL is a byte like others; Redis finds no line end behind one, and waits
//     until the line is too long.
//   - POST and Host: are refused as inline commands only, which is all that an
//     HTTP client can send.
//
// Commands and error depend on the bytes alone, not on how they are cut into
// pieces. What is parsed is not parsed again when more comes, and the memory
// held grows with what has arrived, not with what is announced.
//
// A Framer is used after Init, by one goroutine at a time, and not copied.
type Framer struct {
	limits Limits
	memory book
	err    error // what Next returns for good

	// What is parsed, and where the parser stands in it.
	in      []byte
	start   int // of the command under way
	at      int // of its line, header or bulk string that comes next
	scanned int // when beyond at: the line at at does not end before
	want    int // arguments to come; 0: a command begins at at
	bulk    int // length of the bulk string at at; -1: its header comes first

	args   [][]byte // got so far: views into in, or into own
	few    [8][]byte
	own    []byte // the begin of a command that ends in fed, from start
	fed    []byte // what Feed got, while in is own
	copied int    // bytes of fed that are in own, too
	// detached is how much of in or fed is f's own.
	detached int
	source   source
}

// source is what in is.
type source uint8

const (
	inPlace source = iota // what Feed got
	inOwn                 // own, with a command that is not whole yet
	ownDone               // own, whose command is handed out
)

// copyAhead is how much of fed at least is added to own at a time: little
// enough to be wasted on a short command, enough for a long one of many short
// arguments to be cheap.
const copyAhead = 512

// Init makes f ready for a connection. What f holds counts in memory, unless
// that is nil.
func (f *Framer) Init(limits Limits, memory *QueryMemory) { f.init(limits, memory) }

// book is where a Framer counts what it holds.
type book interface {
	take(n int) bool // reports whether n more bytes may be held
	count(n int)     // holds them whatever the limit is
	give(n int)
	room() int // how much more may be held at this moment, about
}

func (f *Framer) init(limits Limits, memory book) {
	*f = Framer{limits: limits.clamped(), memory: memory}
	f.args = f.few[:0]
	f.bulk = -1
}

// SetLimits changes the limits for what follows the command that Next has
// returned last.
func (f *Framer) SetLimits(limits Limits) { f.limits = limits.clamped() }

// Feed adds input, of which Next returns the commands. p must stay untouched
// until Next has returned nil; only then, or after Init, Feed may be called.
// After an error f takes no more input.
func (f *Framer) Feed(p []byte) {
	switch {
	case f.err != nil:
	case f.at < len(f.in) && f.source == inPlace || f.source == ownDone || f.copied < len(f.fed):
		panic("resp: Feed before Next has used all input")
	case f.source == inPlace:
		f.in, f.at, f.scanned = p, 0, 0
	default:
		f.fed, f.copied = p, 0
	}
}

// Next returns the next whole command: at least one argument, of which the
// first, the name, may be empty. The arguments are views into the input or
// into f, valid until the next call of Next, Feed or Close, and must not be
// changed.
//
// It returns nil when all input is used: f then has its own copy of the begin
// of a command that is not whole. It returns a *ProtocolError, ErrHTTP or
// ErrQueryMemory, the same from then on, when the commands before the offending
// one are returned; f holds nothing from then on.
func (f *Framer) Next() (args [][]byte, err error) {
	for {
		if f.source == ownDone {
			f.backToFed()
		}
		if f.bulk < 0 && f.usual() || f.parse() {
			if f.source == inOwn {
				f.source = ownDone
			}
			if len(f.args) > 0 {
				return f.args, nil
			}
		} else if !f.more() {
			return nil, f.err
		}
	}
}

// Pending reports whether Next has found the begin of a command that is not
// whole yet.
func (f *Framer) Pending() bool { return f.source == inOwn }

// Close gives back what f holds and forgets its input. Init makes f ready for
// another connection.
func (f *Framer) Close() {
	f.release()
	f.endCopy()
	f.in, f.fed, f.at, f.copied, f.want, f.bulk, f.source = nil, nil, 0, 0, 0, -1, inPlace
}

// fail ends the parsing with err.
func (f *Framer) fail(err error) {
	f.Close()
	f.err = err
}

// parse takes from in what there is of the command under way and reports
// whether that is all of it: a command without arguments is one to skip. It
// returns false also when it has failed.
func (f *Framer) parse() (whole bool) {
	if f.want == 0 {
		if f.at == len(f.in) {
			return false
		}
		f.start = f.at
		clear(f.args)
		f.args = f.args[:0]
		if f.in[f.at] != '*' {
			return f.inline()
		}
		if !f.argsHeader() {
			return false
		}
	}
	for f.want > 0 {
		if f.bulk < 0 {
			if f.usual() {
				return true
			}
			if !f.bulkHeader() {
				return false
			}
		}
		end := f.at + f.bulk
		if end+2 > len(f.in) {
			return false
		}
		if f.in[end] != '\r' || f.in[end+1] != '\n' {
			f.fail(errNoCRLF)
			return false
		}
		if !f.growArgs(len(f.args) + 1) {
			return false
		}
		f.args = append(f.args, f.in[f.at:end:end])
		f.at, f.bulk = end+2, -1
		f.want--
	}
	return true
}

// usual does parse's work for most input: whole arguments, for which there is
// room, with no limit in sight. It reports whether a command is whole; if not,
// it has taken what it could, and parse is to judge what comes next.
func (f *Framer) usual() (whole bool) {
	in, at, want, args := f.in, f.at, f.want, f.args
	if want == 0 {
		if at+4 > len(in) || in[at] != '*' || in[at+1]-'1' > 8 || in[at+2] != '\r' || in[at+3] != '\n' {
			return false
		}
		if want = int(in[at+1] - '0'); want > f.limits.Args {
			return false
		}
		f.start = at
		if cap(args) > len(f.few) {
			clear(args) // a pool gets them empty
		}
		args = args[:0]
		at += 4
	}
	in = in[:min(len(in), f.start+f.limits.Command)]
	maxBulk := uint(f.limits.Bulk)
	for want > 0 && len(args) < cap(args) && at+4 < len(in) {
		header := binary.LittleEndian.Uint32(in[at:])
		n, i := uint(header>>8&0xff)-'0', at+4
		if header&0xffff00ff != '$'|crlf<<16 || n > 9 {
			n, i = usualHeader(in, at)
		}
		end := i + int(n)
		if n > maxBulk || end+2 > len(in) || binary.LittleEndian.Uint16(in[end:]) != crlf {
			break
		}
		args = append(args, in[i:end:end])
		at = end + 2
		want--
	}
	f.at, f.args, f.want = at, args, want
	return want == 0
}

// usualHeader reads the header of a bulk string at in[at:], and returns the
// string's length and where it begins; a length over all limits when there is
// no such header, or a strange one.
func usualHeader(in []byte, at int) (n uint, begin int) {
	if n = uint(in[at+1] - '0'); in[at] != '$' || n > 9 {
		return math.MaxUint, 0
	}
	i := at + 2
	for ; i < len(in) && in[i]-'0' <= 9 && n-1 < 1<<20; i++ {
		n = 10*n + uint(in[i]-'0')
	}
	if i+2 > len(in) || binary.LittleEndian.Uint16(in[i:]) != crlf {
		return math.MaxUint, 0
	}
	return n, i + 2
}

// crlf is CR LF as a little-endian number.
const crlf = '\r' | '\n'<<8
