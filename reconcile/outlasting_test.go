package reconcile

import (
	"context"
	"testing"
	"time"
)

// The last question of a repair takes as long as it takes, and ends soon behind a job that is to end.
func TestRepair_LastQuestionEndsSoon(t *testing.T) {
	t.Parallel()
	job, end := context.WithCancel(t.Context())
	asking, cancel := outlasting(job, time.Millisecond)
	defer cancel()
	select {
	case <-asking.Done():
		t.Error("it ends by itself")
	case <-time.After(20 * time.Millisecond):
	}
	end()
	<-asking.Done()
	job, end = context.WithCancel(t.Context())
	asking, cancel = outlasting(job, time.Hour)
	end()
	if asking.Err() != nil {
		t.Error("it ends with the job")
	}
	cancel()
	<-asking.Done()
}
