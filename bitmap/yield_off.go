//go:build !yield

package bitmap

// yield marks the places between a load and the change that relies on it. The
// build tag "yield" makes it a scheduling point, so that tests run other
// goroutines there.
func yield() {}

// pause is a yield for tests that decide the order of steps alone: it stands
// where there are too many to go away at random.
func pause() {}
