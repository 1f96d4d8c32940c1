package resp

import (
	"sync"
	"unsafe"
)

// Most partial commands fit the pooled buffer, most commands the pooled
// arguments. What outgrows them doubles, and is left to the garbage collector.
const (
	pooledBuffer = 4 << 10 // bytes
	pooledArgs   = 1 << 10 // arguments
	fewArgs      = 1 << 6  // of a command that is not long: what each client can hold
	argSize      = int(unsafe.Sizeof([]byte(nil)))
)

var (
	bufferPool  = sync.Pool{New: func() any { return new([pooledBuffer]byte) }}
	argsPool    = sync.Pool{New: func() any { return new([pooledArgs][]byte) }}
	fewArgsPool = sync.Pool{New: func() any { return new([fewArgs][]byte) }}
)

// Detach copies what f still has of Feed's input, which may then be used for
// something else before Next has returned nil. The arguments that Next has
// returned last stay valid: they are copied in place. The copy is held until the
// input is used; without memory for it, the command that Next has returned is the
// last.
func (f *Framer) Detach() {
	f.endCopy()
	rest := f.in[f.at:]
	if f.source == ownDone { // own has the command, and of what came behind it the first few bytes
		rest = f.fed[f.copied-len(rest):]
		f.own, f.in = f.own[:f.at], f.own[:f.at]
	}
	if f.memory.take(len(rest)) {
		f.detached = len(rest)
	} else {
		rest, f.err = nil, ErrQueryMemory
	}
	switch f.source {
	case inPlace:
		size := len(rest)
		for _, arg := range f.args {
			size += len(arg)
		}
		copies := append(make([]byte, 0, size), rest...)
		f.in, f.at, f.scanned = copies[:len(copies):len(copies)], 0, 0
		for i, arg := range f.args {
			begin := len(copies)
			copies = append(copies, arg...)
			f.args[i] = copies[begin:len(copies):len(copies)]
		}
		clear(f.args[len(f.args):cap(f.args)]) // views of commands before
	case ownDone:
		f.fed, f.copied = append([]byte(nil), rest...), 0
	}
}

// endCopy gives up the copy of Detach.
func (f *Framer) endCopy() {
	f.memory.give(f.detached)
	f.detached = 0
}

// Held returns the bytes of memory that f has beyond its own size: 0 when all
// input is used and nothing is pending.
func (f *Framer) Held() int { return cap(f.own) + f.argsHeld() + f.detached }

func (f *Framer) argsHeld() int {
	if cap(f.args) == len(f.few) {
		return 0
	}
	return cap(f.args) * argSize
}

// more is called when in is used up, but for the begin of a command. It adds
// input to that and reports whether there was any; if not, f keeps what it
// needs until Feed brings more, or has failed.
func (f *Framer) more() bool {
	if f.source == inPlace {
		if f.at == len(f.in) && f.want == 0 {
			f.release()
			f.in, f.at = nil, 0
		} else if f.moveToOwn(f.in[f.start:]) {
			f.at, f.scanned, f.start = f.at-f.start, f.scanned-f.start, 0
			f.source = inOwn
		}
		f.endCopy()
		return false
	}
	rest := f.fed[f.copied:]
	if len(rest) == 0 {
		f.fed, f.copied = nil, 0
		f.endCopy()
		return false
	}
	n := copyAhead
	if f.want > 0 && f.bulk >= 0 {
		n = max(n, f.at+f.bulk+len("\r\n")-len(f.in))
	}
	n = min(n, len(rest))
	if !f.addToOwn(rest[:n]) {
		return false
	}
	f.copied += n
	return true
}

// backToFed goes on in fed behind the command that was in own. All bytes in own
// behind it are fed's, because it was not whole before.
func (f *Framer) backToFed() {
	f.in, f.at, f.scanned = f.fed, f.copied-(len(f.own)-f.at), 0
	f.fed, f.copied = nil, 0
	f.source = inPlace
	if cap(f.own) != pooledBuffer {
		f.releaseOwn()
	}
	if cap(f.args) > pooledArgs {
		f.releaseArgs()
	}
}

// moveToOwn puts b, the begin of a command, into own. It reports whether there
// was memory; if not, f has failed.
func (f *Framer) moveToOwn(b []byte) bool {
	if cap(f.own) != pooledBuffer {
		f.releaseOwn()
	}
	f.own = f.own[:0]
	if !f.addToOwn(b) || !f.fitArgs() {
		return false
	}
	f.relocateArgs()
	return true
}

// addToOwn appends b to the command in own. It reports whether there was
// memory; if not, f has failed.
func (f *Framer) addToOwn(b []byte) bool {
	if !f.growOwn(len(b)) {
		return false
	}
	f.own = append(f.own, b...)
	f.in = f.own
	return true
}

// growOwn makes room for n more bytes in own. It reports whether there was
// memory; if not, f has failed.
func (f *Framer) growOwn(n int) bool {
	need := len(f.own) + n
	if need <= cap(f.own) {
		return true
	}
	size := max(f.nextSize(need), pooledBuffer)
	// The few clients that hold all the memory are not to keep the others from
	// sending a short command in two pieces.
	if size == pooledBuffer {
		f.memory.count(size)
	} else if !f.memory.take(size) {
		f.fail(ErrQueryMemory)
		return false
	}
	var grown []byte
	if size == pooledBuffer {
		grown = bufferPool.Get().(*[pooledBuffer]byte)[:0]
	} else {
		grown = make([]byte, 0, size)
	}
	grown = append(grown, f.own...)
	f.releaseOwn()
	f.own = grown
	if f.source == inOwn {
		f.relocateArgs()
	}
	return true
}

// nextSize is how long own becomes that must have room for need bytes: twice as
// long, so that to copy costs little, and not longer than the last argument needs.
// Where there would be no room for that beside a buffer twice as long, it is
// for all of the argument already, if an eighth of it has come.
func (f *Framer) nextSize(need int) int {
	size := max(need, 2*cap(f.own))
	if f.want == 0 || f.bulk < 0 {
		return size
	}
	end := f.at + f.bulk + len("\r\n")
	switch room := f.memory.room(); {
	case end <= size:
		if f.want == 1 { // nothing comes behind it
			size = max(need, end)
		}
	case end <= nextMost*cap(f.own) && end <= room && end > room+cap(f.own)-size:
		size = end
	}
	return size
}

// nextMost is how much longer own becomes at once.
const nextMost = 8

// relocateArgs makes the arguments of the command in own views into own. A
// valid header has one spelling only, so each argument's place follows from the
// lengths of those before it.
func (f *Framer) relocateArgs() {
	at := headerSize(len(f.args) + f.want)
	for i, arg := range f.args {
		at += headerSize(len(arg))
		end := at + len(arg)
		f.args[i] = f.own[at:end:end]
		at = end + len("\r\n")
	}
}

// headerSize is the length of a header with the number n.
func headerSize(n int) int {
	size := len("*0\r\n")
	for ; n > 9; n /= 10 {
		size++
	}
	return size
}

// growArgs makes room for n arguments in all. It reports whether there was
// memory; if not, f has failed.
func (f *Framer) growArgs(n int) bool {
	return n <= cap(f.args) || f.resizeArgs(max(n, 2*cap(f.args)))
}

// resizeArgs makes room for n arguments in all and for not many more. It
// reports whether there was memory; if not, f has failed.
func (f *Framer) resizeArgs(n int) bool {
	args := f.few[:0]
	if n > len(f.few) {
		if n = max(n, fewArgs); n > fewArgs {
			n = max(n, pooledArgs)
		}
		if !f.memory.take(n * argSize) {
			f.fail(ErrQueryMemory)
			return false
		}
		switch n {
		case pooledArgs:
			args = argsPool.Get().(*[pooledArgs][]byte)[:0]
		case fewArgs:
			args = fewArgsPool.Get().(*[fewArgs][]byte)[:0]
		default:
			args = make([][]byte, 0, n)
		}
	}
	args = append(args, f.args...)
	f.releaseArgs()
	f.args = args
	return true
}

// fitArgs gives up what args has too much for a command that may be pending
// for long. It reports whether there was memory; if not, f has failed.
func (f *Framer) fitArgs() bool {
	n := len(f.args)
	switch {
	case cap(f.args) == len(f.few):
		clear(f.few[n:]) // views into the input of commands before
		return true
	case n <= len(f.few) || n <= fewArgs && cap(f.args) > fewArgs || cap(f.args) > max(4*n, pooledArgs):
		return f.resizeArgs(n)
	default:
		return true
	}
}

func (f *Framer) release() {
	f.releaseOwn()
	f.releaseArgs()
}

func (f *Framer) releaseOwn() {
	if f.own == nil {
		return
	}
	f.memory.give(cap(f.own))
	if cap(f.own) == pooledBuffer {
		bufferPool.Put((*[pooledBuffer]byte)(f.own[:pooledBuffer]))
	}
	f.own = nil
}

// releaseArgs also forgets the arguments: a view, as long as it exists, keeps
// the whole buffer behind it in memory.
func (f *Framer) releaseArgs() {
	if held := f.argsHeld(); held > 0 {
		clear(f.args)
		f.memory.give(held)
		switch cap(f.args) {
		case pooledArgs:
			argsPool.Put((*[pooledArgs][]byte)(f.args[:pooledArgs]))
		case fewArgs:
			fewArgsPool.Put((*[fewArgs][]byte)(f.args[:fewArgs]))
		}
	} else {
		clear(f.few[:])
	}
	f.args = f.few[:0]
}
