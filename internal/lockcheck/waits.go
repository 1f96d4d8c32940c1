package lockcheck

import (
	"go/types"
	"slices"
	"strings"
)

// What waits, of the libraries: methods by the type that they are called on,
// functions by their package. An entry "*" is all of them.
var waiting = map[string][]string{
	"io.Writer": {"*"}, "io.Reader": {"*"}, "io.ReaderFrom": {"*"}, "io.WriterTo": {"*"}, "io.StringWriter": {"*"},
	"io":  {"Copy", "CopyN", "CopyBuffer", "ReadAll", "ReadFull", "ReadAtLeast", "WriteString"},
	"net": {"Dial", "DialTimeout", "Pipe", "LookupHost"}, "net.Listener": {"Accept"},
	"net.Conn": {"Read", "Write"}, "net.TCPConn": {"Read", "Write", "ReadFrom", "WriteTo"}, "net.UnixConn": {"Read", "Write", "ReadFrom", "WriteTo"},
	"net.Dialer": {"*"}, "net.Buffers": {"*"},
	"crypto/tls.Conn": {"Read", "Write", "Handshake", "HandshakeContext", "Close", "CloseWrite"},
	"os":              {"ReadFile", "WriteFile", "Open", "OpenFile", "Create", "ReadDir"},
	"os.File":         {"Read", "ReadAt", "ReadFrom", "Write", "WriteAt", "WriteString", "WriteTo", "Sync"},
	"bufio.Writer":    {"*"}, "bufio.Reader": {"*"}, "bufio.Scanner": {"Scan"},
	"fmt": {"Print", "Println", "Printf", "Fprint", "Fprintln", "Fprintf", "Scan", "Scanln", "Scanf", "Fscan", "Fscanln", "Fscanf"},
	"log": {"*"}, "log.Logger": {"*"}, "log/slog": {"Debug", "Info", "Warn", "Error", "Log"}, "log/slog.Logger": {"Debug", "Info", "Warn", "Error", "Log"},
	"github.com/rs/zerolog.Event": {"Msg", "Msgf", "MsgFunc", "Send"}, "github.com/rs/zerolog.Logger": {"Print", "Printf", "Write"},
	"time": {"Sleep"}, "sync.WaitGroup": {"Wait"}, "sync.Cond": {"Wait"},
	"syscall": {"Read", "Write", "Sendto", "Recvfrom", "Sendmsg", "Recvmsg", "Select", "Fsync", "Syscall", "Syscall6", "RawSyscall", "RawSyscall6"},
	"golang.org/x/sys/unix": {"Read", "Write", "Writev", "Readv", "Sendto", "Recvfrom", "Sendmsg", "Recvmsg", "Send", "Poll", "Select", "EpollWait", "Fsync",
		"Syscall", "Syscall6", "RawSyscall", "RawSyscall6"},
}

// Writers that keep what is written.
var keepers = []string{"strings.Builder", "bytes.Buffer", "hash.Hash", "hash.Hash32", "hash.Hash64"}

// Functions of the libraries that have what they are given called later, by
// somebody else.
var later = []string{"time.AfterFunc", "context.AfterFunc", "sync.WaitGroup.Go", "runtime.AddCleanup"}

// waitsFor returns what a function that is not of the program waits for; "" for
// nothing. first is the type of its first argument.
func waitsFor(t target, first types.Type) string {
	f := t.named
	kind := ""
	if recv := f.Signature().Recv(); recv != nil {
		kind = typeName(recv.Type())
	} else if f.Pkg() != nil {
		kind = f.Pkg().Path()
	}
	if t.on != nil && slices.Contains(keepers, typeName(t.on)) || first != nil && slices.Contains(keepers, typeName(first)) {
		return ""
	}
	for _, kind := range []string{kind, typeName(orNil(t.on))} {
		if names := waiting[kind]; slices.Contains(names, "*") || slices.Contains(names, f.Name()) {
			return kind[strings.LastIndex(kind, "/")+1:] + "." + f.Name()
		}
	}
	return ""
}

func orNil(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}
