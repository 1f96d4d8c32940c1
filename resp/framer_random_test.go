package resp_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// TestFramer_RandomInputs is what FuzzFramerLimits does, with inputs that are
// made up of what matters: pieces of the protocol, whole, bent and cut. It
// needs no coverage to find its way, so it tries many more of them.
// TEST_FRAMER_INPUTS says how many; they are different ones each time.
func TestFramer_RandomInputs(t *testing.T) {
	t.Parallel()
	n := 20_000
	if s := os.Getenv("TEST_FRAMER_INPUTS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	const workers = 2
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			seed := rand.Uint64()
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for range n / workers {
				in := randomInput(r)
				l := limits{Limits: resp.DefaultLimits()}
				switch r.IntN(4) {
				case 0:
					l = unauthenticated()
				case 1:
					l.Args, l.Bulk, l.Command, l.Inline = 1+r.IntN(8), r.IntN(40), r.IntN(200), 32+r.IntN(64)
				}
				if check(t, in, l, r.Uint64()); t.Failed() {
					t.Errorf("seed %d, input %q, limits %+v", seed, in, l)
					return
				}
			}
		})
	}
	all.Wait()
}

// randomInput makes up to a dozen pieces of input.
func randomInput(r *rand.Rand) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	number := func() string {
		return pick("0", "1", "2", "3", "10", "01", "+1", "-1", "-10", "", "x", "1x", " 1", "1048577", "2147483648",
			"9223372036854775807", "9223372036854775808", "99999999999999999999")
	}
	var in []byte
	for range 1 + r.IntN(6) {
		switch r.IntN(9) {
		case 0, 1, 2:
			args := make([]string, 1+r.IntN(12))
			for i := range args {
				args[i] = pick("PT.ADD", "vec:", "000000000049", "", "\r\n", "a\x00b", "POST", "*1\r\n$1\r\nx\r\n")
			}
			in = append(in, bulks(args...)...)
		case 3:
			in = append(in, pick("*", "$")+number()+pick("\r\n", "\n", "\r", "", "\r\n\r\n")...)
		case 4:
			in = append(in, "*"+number()+"\r\n$"+number()+"\r\n"+pick("abc", "", "x")+pick("\r\n", "", "\n")...)
		case 5:
			for range 1 + r.IntN(4) {
				in = append(in, pick("PING", `"a b"`, `'a\'b'`, `"\x41\n"`, `"`, "'", `\`, "Host:", "post", "*1", "\x00", `""`, `"a"b`)+pick(" ", "  ", "\t", "")...)
			}
			in = append(in, pick("\r\n", "\n", "")...)
		case 6:
			in = append(in, pick("\r\n", "\n", "*0\r\n", "*-1\r\n", " \r\n", "\r\r\n")...)
		case 7: // bend what is there
			if len(in) > 0 {
				in[r.IntN(len(in))] = byte(r.Uint32())
			}
		default: // cut it
			in = in[:len(in)-r.IntN(len(in)/2+1)]
		}
	}
	return string(in)
}
