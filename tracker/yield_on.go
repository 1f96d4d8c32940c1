//go:build yield

package tracker

import (
	"math/rand/v2"
	"runtime"
)

func yield() {
	if rand.Uint32()&3 == 0 {
		runtime.Gosched()
	}
}
