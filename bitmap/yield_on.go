//go:build yield

package bitmap

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
)

// director is what a test has put in charge of the order in which goroutines
// go on from their yields. It may be called by all of them at once.
var director atomic.Pointer[func()]

func yield() {
	if !pause() && rand.Uint32()&3 == 0 {
		runtime.Gosched()
	}
}

func pause() bool {
	direct := director.Load()
	if direct != nil {
		(*direct)()
	}
	return direct != nil
}
