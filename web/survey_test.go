package web

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Who asks seldom, as one who scrapes, is told as much as who asks all the time: a ranking
// that is asked for is not forgotten by the walk that is to answer.
func TestSurvey_AnswersWhoAsksSeldom(t *testing.T) {
	for _, pause := range []time.Duration{0, time.Second, viewLife - time.Second, viewLife + time.Second, 15 * time.Second, time.Minute, time.Hour} {
		t.Run(pause.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestServer(t, 30, Options{}).survey
				for turn := range 4 {
					for _, r := range []ranking{{by: byCount, limit: 20}, everything, {match: "prefix", by: byName, limit: 20}} {
						found, err := s.rank(context.Background(), r)
						if err != nil || found.all.prefixes != 30 || len(found.names) != r.limit {
							t.Errorf("%d: %+v: %v, %d of %d prefixes", turn, r, err, len(found.names), found.all.prefixes)
						}
					}
					time.Sleep(pause)
				}
			})
		})
	}
}
