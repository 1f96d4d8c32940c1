//go:build yield

package bitmap

import (
	"math/rand/v2"
	"runtime"
)

func yield() {
	if rand.Uint32()&3 == 0 {
		runtime.Gosched()
	}
}
