package integration_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// TestDriver_LifeOfKeys: written until none is left, read and written where they exist, half of them deleted without a
// miss, and the tracker says what the store has.
func TestDriver_LifeOfKeys(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const keys = 20_000
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	there := workload.Choice{Way: workload.Sample, Hit: 1, Dist: []string{"ZIPF", "0.99"}}
	mix := phaseOf("mix", operation(t, "GET {key}", 80, workload.Choice{Way: workload.Sample, Hit: .9}), operation(t, "SET {key} {value}", 20, there))
	mix.Requests, mix.Verify, mix.Warmup = 10_000, true, 100*time.Millisecond
	results := mustRunPhases(t, o, keys,
		phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim})),
		workload.Phase{Name: "verify", Sync: "verify"},
		phaseOf("delete", operation(t, "DEL {key}", 1, workload.Choice{Way: workload.Take, Limit: workload.Amount{Is: workload.IsPart, Part: 500_000}})),
		mix,
		phaseOf("pass", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Cursor})),
		workload.Phase{Name: "verify again", Sync: "verify"},
	)
	figures := func(phase, op int) load.Figures { return results[phase].Stats.Kinds[op] }
	want := func(what string, f load.Figures, done, hits, misses uint64) {
		t.Helper()
		if f.Outcomes != [...]uint64{load.Done: done, load.Hit: hits, load.Miss: misses, load.Failed: 0} || len(f.Faults) > 0 {
			t.Errorf("%s: %v, faults %v", what, f.Outcomes, f.Faults)
		}
		if n := f.Latency.TotalCount(); n != int64(done+hits+misses) {
			t.Errorf("%s: %d latencies", what, n)
		}
	}
	want("filled", figures(0, 0), keys, 0, 0)
	want("deleted", figures(2, 0), 0, keys/2, 0)
	want("read", figures(3, 0), 0, 7200, 800)
	want("written", figures(3, 1), 2000, 0, 0)
	want("passed over", figures(4, 0), 0, keys/2, 0)
	for _, phase := range []int{1, 5} {
		if job := results[phase].Sync; job == nil || job.Missing+job.Stale > 0 || results[phase].Failed() {
			t.Errorf("%s: %+v", results[phase].Phase, job)
		}
	}
	connect(t, redis.addr).mustDo(t, "DBSIZE", integer(keys/2))
}

// TestDriver_SaysWhatIsWrong with values that are not what was written, and with keys that others have deleted: where, and
// that it has failed.
func TestDriver_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	mustRunPhases(t, o, 100, phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim})))
	c := connect(t, redis.addr)
	c.mustDo(t, "SETRANGE vec:000000000042 20 x", integer(64))
	c.mustDo(t, "DEL vec:000000000043", integer(1))
	c.mustDo(t, "DEL vec:000000000044", integer(1))
	c.mustDo(t, "LPUSH vec:000000000044 x", integer(1))
	read := phaseOf("read", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Cursor}))
	read.Verify = true
	results := mustRunPhases(t, o, 100, read, workload.Phase{Name: "verify", Sync: "verify"})
	f := results[0].Stats.Kinds[0]
	if f.Outcomes != [...]uint64{load.Hit: 97, load.Miss: 1, load.Wrong: 1, load.Failed: 1} {
		t.Errorf("%v", f.Outcomes)
	}
	for what, key := range map[string]string{"wrong value": "GET vec:000000000042", "unexpected miss": "GET vec:000000000043", "WRONGTYPE": "GET vec:000000000044"} {
		if fault := f.Faults[what]; fault == nil || fault.Count != 1 || !strings.Contains(fault.First, key) {
			t.Errorf("%s: %+v", what, fault)
		}
	}
	for i := range results {
		if !results[i].Failed() {
			t.Errorf("phase %s has not failed", results[i].Phase)
		}
	}
	if job := results[1].Sync; job.Stale != 1 || job.Missing != 0 {
		t.Errorf("%+v", job)
	}
}

// TestDriver_EndsWhenAsked: in a phase without end, what is done is told to the tracker, the result is there, and nothing is
// held any more.
func TestDriver_EndsWhenAsked(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	o.Tell = func(p driver.Progress) {
		if len(p.Total.Kinds) > 0 && p.Total.Kinds[0].Replies() > 1000 {
			end()
		}
	}
	fill := phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}))
	fill.Rate = 5000 // it does not come to its end
	w := &workload.Workload{Prefix: "vec:", Keys: 1 << 40, Value: workload.Size{Min: 9, Max: 9}, Phases: []workload.Phase{fill, fill}}
	results, err := driver.Run(ctx, w, o)
	if !errors.Is(err, context.Canceled) || len(results) != 1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	done := int(results[0].Stats.Kinds[0].Outcomes[load.Done])
	connect(t, redis.addr).mustDo(t, "DBSIZE", integer(done))
	c := connect(t, tracker.addr)
	c.mustDo(t, "PT.COUNT vec:", integer(done))
	c.mustDo(t, "PT.LEASES vec:", array())
}

// TestDriver_RunsDry: a number of operations that cannot be done, as nothing is left and nothing comes, has an end that says so.
func TestDriver_RunsDry(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const keys = 200
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	dry := phaseOf("dry", operation(t, "DEL {key}", 1, workload.Choice{Way: workload.Take}),
		operation(t, "GET {key}", 1, workload.Choice{Way: workload.Sample, Hit: 1}))
	dry.Requests = 10 * keys
	fill := phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}))
	results, err := driver.Run(t.Context(), &workload.Workload{Prefix: "vec:", Keys: keys, Phases: []workload.Phase{fill, dry}}, o)
	if err == nil || !strings.Contains(err.Error(), "no ID") || len(results) != 2 || results[1].Stats.Kinds[0].Outcomes[load.Hit] != keys {
		t.Errorf("%d results, %v", len(results), err)
	}
}

// TestDriver_ComparesOn when its connection with the tracker breaks: the comparison goes on there.
func TestDriver_ComparesOn(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	c := connect(t, tracker.addr)
	store := connect(t, redis.addr)
	breaks := 0
	o.Tell = func(p driver.Progress) {
		if p.State == "settling" {
			store.mustDo(t, "CLIENT PAUSE 500", simple("OK")) // so that it is not over at once
		}
		if p.Sync != nil && p.Sync.Running() {
			if r := c.mustReply(t, words("CLIENT KILL TYPE normal SKIPME yes")...); r.kind != ':' {
				t.Errorf("%q", r.raw)
			}
			breaks++
		}
	}
	mustRunPhases(t, o, 100, phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim})), workload.Phase{Name: "verify", Sync: "verify"})
	if breaks == 0 {
		t.Error("it was over before its connection broke")
	}
}

// TestDriver_StoreStandsStill for a second while a request is due each millisecond: those that were due meanwhile
// count from when they were.
func TestDriver_StoreStandsStill(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	stop := make(chan struct{})
	go func() {
		<-stop
		redis.cmd.Process.Signal(syscall.SIGSTOP)
		time.Sleep(time.Second)
		redis.cmd.Process.Signal(syscall.SIGCONT)
	}()
	stopped := false
	o.Tell = func(p driver.Progress) {
		if p.Phase.Name == "read" && !stopped && len(p.Total.Kinds) > 0 && p.Total.Kinds[0].Replies() > 0 {
			stopped = true
			close(stop)
		}
	}
	fill := phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}))
	read := phaseOf("read", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Sample, Hit: 1}))
	read.Rate, read.Requests = 1000, 3000
	read.Expect = []workload.Expectation{{Figure: "p", Percentile: 80, Is: "<", Value: .1}, {Figure: "hit", Is: "=", Value: 1}}
	results := mustRunPhases(t, o, 1000, fill, read)
	f := results[1].Stats.Kinds[0]
	if n := f.Replies(); n != 3000 {
		t.Errorf("%d replies", n)
	}
	// A third of all was due while it stood still: a loop that waits for it would have seen a few long ones.
	if late := f.Latency.ValueAtPercentile(80); time.Duration(late) < 300*time.Millisecond {
		t.Errorf("one in five took %v or longer", time.Duration(late))
	}
	if v := results[1].Expect; len(v) != 2 || v[0].Met || !v[1].Met || !results[1].Failed() {
		t.Errorf("%+v", v)
	}
	if w := strings.Join(results[1].Warnings, "\n"); !strings.Contains(w, "for a time the rate could not be held") {
		t.Errorf("nothing says that it was behind: %q", w)
	}
}

// TestDriver_Cluster: the same in a Cluster, each key at its node.
func TestDriver_Cluster(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const keys = 3000
	tracker, cluster := startServer(t), redistest.StartCluster(t, 3, false)
	o := driverOn(t, tracker, "redis://"+cluster.Primaries[0].Addr)
	read := phaseOf("read", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Cursor}))
	read.Verify = true
	results := mustRunPhases(t, o, keys, phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim})), read)
	for i, o := range []load.Outcome{load.Done, load.Hit} {
		if f := results[i].Stats.Kinds[0]; f.Outcomes[o] != keys || f.Replies() != keys || len(f.Faults) > 0 {
			t.Errorf("%s: %v, faults %v", results[i].Phase, f.Outcomes, f.Faults)
		}
	}
	sum := 0
	for _, s := range cluster.Primaries {
		n, _ := strconv.Atoi(s.Do(t, "DBSIZE"))
		sum += n
	}
	if sum != keys {
		t.Errorf("the nodes have %d keys", sum)
	}
}

// TestDriver_TooHighARate is said, with what was done instead; what waits is in the latencies.
func TestDriver_TooHighARate(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	fill := phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}))
	read := phaseOf("read", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Sample, Hit: 1}))
	read.Rate, read.Duration, read.Clients, read.Threads, read.Pipeline = 10_000_000, time.Second, 2, 1, 1
	r := mustRunPhases(t, o, 1000, fill, read)[1]
	w := strings.Join(r.Warnings, "\n")
	if !strings.Contains(w, "cannot do the rate: asked 10000000/s, done ") || !strings.Contains(w, "requests due and not sent") {
		t.Errorf("%q", w)
	}
	if late := time.Duration(r.Stats.Kinds[0].Latency.ValueAtPercentile(99)); late < 500*time.Millisecond {
		t.Errorf("p99 is %v: what was due and waited is hidden", late)
	}
}

// TestDriver_StoreRefuses everything: the phase ends, and says why.
func TestDriver_StoreRefuses(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	fill := phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}))
	fill.Requests = 100
	mustRunPhases(t, o, 100, fill)
	connect(t, redis.addr).mustDo(t, "CONFIG SET maxmemory 1", simple("OK"))
	write := phaseOf("write", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Sample, Hit: 1}))
	write.Clients, write.Pipeline = 2, 1
	w := &workload.Workload{Prefix: "vec:", Phases: []workload.Phase{write}}
	results, err := driver.Run(t.Context(), w, o)
	if err == nil || !strings.Contains(err.Error(), "the store refuses all") || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("%v", err)
	}
	if len(results) != 1 || results[0].Stats.Kinds[0].Faults["OOM"] == nil {
		t.Errorf("%+v", results)
	}
}

// TestDriver_NothingToAskFor: samples of a prefix without an ID, and keys of which nothing is known.
func TestDriver_NothingToAskFor(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	read := phaseOf("read", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Sample, Hit: 1}))
	fill := phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}))
	for _, c := range []struct {
		phase workload.Phase
		keys  uint64
		want  string
	}{{fill, 0, "keys"}, {read, 0, "there is no ID"}} {
		w := &workload.Workload{Prefix: "vec:", Keys: c.keys, Phases: []workload.Phase{c.phase}}
		if _, err := driver.Run(t.Context(), w, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d keys: %v", c.keys, err)
		}
	}
}
