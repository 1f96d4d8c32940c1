//go:build !yield

package bitmap

// yield marks the places between a load and the change that relies on it. The
// build tag "yield" makes it a scheduling point, so that tests run other
// goroutines there.
func yield() {}
