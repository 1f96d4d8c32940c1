//go:build !yield

package tracker

// yield marks the places between two looks or two changes that belong together. The
// build tag "yield" makes it a scheduling point, so that tests run other goroutines there.
func yield() {}
