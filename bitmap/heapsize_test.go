package bitmap

import (
	"runtime"
	"testing"
)

// The heap has sizes of its own: what is charged for a structure must not be less than it takes.
func TestBytes_AreWhatTheHeapTakes(t *testing.T) {
	for step := uint64(1 << 18); step <= 1<<38; step <<= 4 {
		var before, after runtime.MemStats
		var b Bitmap
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range uint64(500) {
			b.Set(i * step)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		took := int64(after.HeapAlloc - before.HeapAlloc)
		if said := int64(b.Memory()); said < took-took/200 || said > took+took/50 {
			t.Errorf("500 IDs, %d apart, take %d bytes, and %d are said", step, took, said)
		}
		runtime.KeepAlive(&b)
	}
}
