package observe

import (
	"os"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
)

// ProcessReader reads what the system knows of this process. Its zero value is
// ready; it is safe for concurrent use.
type ProcessReader struct {
	peak atomic.Uint64 // of the heap, as far as anybody has read it
}

// Figures fills in what the process is, its memory, its goroutines and its processor time.
func (r *ProcessReader) Figures(f *Figures) {
	heap, spans, held := goMemory()
	peak := r.peak.Load()
	for heap > peak && !r.peak.CompareAndSwap(peak, heap) {
		peak = r.peak.Load()
	}
	f.Memory.Heap, f.Memory.HeapPeak = heap, max(heap, peak)
	f.Memory.Spans, f.Memory.Held = spans, held
	f.Memory.Resident, f.Memory.System = residentMemory(), systemMemory()
	f.Server.PID, f.Server.OS, f.Server.Arch, f.Server.GoVersion = os.Getpid(), runtime.GOOS, runtime.GOARCH, runtime.Version()
	f.Process.Goroutines = runtime.NumGoroutine()
	f.Process.System, f.Process.User, f.Process.Known = cpuTime()
}

// goMemory is the memory of live and not yet collected objects, that of the spans
// they lie in, and all that the runtime has of the system.
func goMemory() (heap, spans, held uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	heap = sample[0].Value.Uint64()
	return heap, heap + sample[1].Value.Uint64(), sample[2].Value.Uint64() - sample[3].Value.Uint64()
}
