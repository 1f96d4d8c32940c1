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

// Figures fills in what the process is, its memory and its processor time.
func (r *ProcessReader) Figures(f *Figures) {
	heap := heapInUse()
	peak := r.peak.Load()
	for heap > peak && !r.peak.CompareAndSwap(peak, heap) {
		peak = r.peak.Load()
	}
	f.Memory.Heap, f.Memory.HeapPeak = heap, max(heap, peak)
	f.Memory.Resident = residentMemory()
	f.Server.PID, f.Server.OS, f.Server.Arch, f.Server.GoVersion = os.Getpid(), runtime.GOOS, runtime.GOARCH, runtime.Version()
	f.Process.System, f.Process.User, f.Process.Known = cpuTime()
}

// heapInUse is the memory of live and not yet collected objects.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
