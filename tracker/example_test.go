package tracker_test

import (
	"fmt"
	"slices"
	"sync"

	"github.com/prefixtracker/prefixtracker/tracker"
)

func Example() {
	vec, err := tracker.New("vec:", tracker.Config{MaxID: 1_000_000, Width: tracker.DefaultWidth})
	if err != nil {
		panic(err)
	}
	vec.Add(42)
	fmt.Println(vec.Exists(42), vec.Claim(42), vec.Claim(43), vec.Count())
	fmt.Printf("%s\n", vec.AppendKey(nil, 43))
	// Output:
	// true false true 2
	// vec:000000000043
}

// example is a tracker of the IDs 0 to 9 of which 2, 3, 5 and 7 exist.
func example() *tracker.Tracker {
	t, err := tracker.New("vec:", tracker.Config{MaxID: 10})
	if err != nil {
		panic(err)
	}
	for _, id := range []uint64{2, 3, 5, 7} {
		t.Add(id)
	}
	return t
}

func ExampleTracker() {
	t := example()
	n, err := t.AddRange(tracker.Range{Min: 0, Max: 4})
	fmt.Println(n, err, t.Count(), t.CountFree(tracker.Everything))
	fmt.Println(t.Remove(2), t.Remove(2), t.Add(10)) // 10 is over the bound
	fmt.Println(t.Clear(), t.IsEmpty())
	// Output:
	// 2 <nil> 6 4
	// true false false
	// 5 true
}

func ExampleTracker_Map() {
	t := example()
	m := t.Map(t.Extent(4), 4)
	for i, n := range m.Counts {
		fmt.Println(m.Within(i), n)
	}
	fmt.Println(m.Cell, m.Total())
	// Output:
	// {0 3} 1
	// {3 6} 2
	// {6 9} 1
	// {9 10} 0
	// 3 4
}

func ExampleTracker_AppendKey() {
	t, err := tracker.New("vec:", tracker.Config{Width: 12, Tag: "shard1"})
	if err != nil {
		panic(err)
	}
	var key []byte // used again for every key
	for id := range uint64(2) {
		key = t.AppendKey(key[:0], id)
		fmt.Printf("%s\n", key)
	}
	// Output:
	// vec:{shard1}:000000000000
	// vec:{shard1}:000000000001
}

func ExampleTracker_ClaimNext() {
	t := example()
	runs, err := t.ClaimNext(nil, tracker.Everything, 4)
	fmt.Println(runs, err)
	// Output: [{0 2} {4 1} {6 1}] <nil>
}

func ExampleTracker_Scan() {
	t := example()
	for cursor, more := uint64(0), true; more; more = cursor != 0 {
		runs, next, err := t.Scan(nil, tracker.Set, tracker.Everything, cursor, 3)
		fmt.Println(runs, err)
		cursor = next
	}
	// Output:
	// [{2 2} {5 1}] <nil>
	// [{7 1}] <nil>
}

func ExampleBuilder() {
	existing, err := example().Iter().Range(3, 8).SetOnly().Sequential()
	if err != nil {
		panic(err)
	}
	fmt.Println(existing.Remaining())
	for id := range existing.All() {
		fmt.Println(id)
	}
	// Output:
	// 3
	// 3
	// 5
	// 7
}

// The same seed gives the same order, in any process.
func ExampleBuilder_Random() {
	t := example()
	for range 2 {
		order, err := t.Iter().SetOnly().Random(2)
		if err != nil {
			panic(err)
		}
		fmt.Println(slices.Collect(order.All()))
	}
	// Output:
	// [7 2 5 3]
	// [7 2 5 3]
}

// Several goroutines fill a key space: each has a Write of its own, and no ID
// goes to two of them.
func ExampleBuilder_Write() {
	t, err := tracker.New("vec:", tracker.Config{MaxID: 100_000})
	if err != nil {
		panic(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			w, err := t.Iter().Write()
			if err != nil {
				panic(err)
			}
			var key []byte
			for id := range w.All() {
				key = t.AppendKey(key[:0], id) // and SET it in the store
			}
		})
	}
	wg.Wait()
	fmt.Println(t.Count(), t.Stats().Claims)
	// Output: 100000 100000
}

// There is one Delete per tracker at a time, until its Close.
func ExampleBuilder_Delete() {
	t := example()
	d, err := t.Iter().Delete()
	if err != nil {
		panic(err)
	}
	_, err = t.Iter().Delete()
	fmt.Println(err)
	fmt.Println(slices.Collect(d.All()))
	d.Close()
	fmt.Println(t.Count(), t.Deleting())
	// Output:
	// a delete iterator is active
	// [2 3 5 7]
	// 0 false
}

// Parts are disjoint and cover the range: one for each worker.
func ExampleBuilder_Partitioned() {
	parts, err := example().Iter().Partitioned(3)
	if err != nil {
		panic(err)
	}
	for i, part := range parts {
		fmt.Println(i, slices.Collect(part.All()))
	}
	// Output:
	// 0 [0 1 2 3]
	// 1 [4 5 6 7]
	// 2 [8 9]
}

// Workers on many machines compute their parts without talking to each other.
func ExamplePartition() {
	fmt.Println(tracker.Partition(tracker.Range{Min: 0, Max: 1_000_000}, 2, 8))
	// Output: {250000 375000} <nil>
}

func ExampleRegistry() {
	r, err := tracker.NewRegistry(tracker.Config{MaxID: 1_000_000}, nil)
	if err != nil {
		panic(err)
	}
	vec, _ := r.GetOrCreate("vec:")
	doc, _ := r.Create("doc:", tracker.Config{MaxID: 500, Width: 4})
	vec.Claim(1)
	doc.Claim(2)
	fmt.Println(r.Prefixes(), r.Len(), r.TotalCount(), r.Get("vec:") == vec)
	fmt.Println(r.Drop("vec:") == vec, r.Get("vec:") == nil)
	// Output:
	// [doc: vec:] 2 2 true
	// true true
}

// Any position can be computed on its own: a worker that stopped at position
// 6 goes on there, and holds nothing in memory.
func ExamplePermutation() {
	p := tracker.NewPermutation(10, 1)
	for i := range uint64(10) {
		fmt.Print(p.At(i), " ")
	}
	fmt.Println("-", p.At(6))
	// Output: 2 8 9 3 6 1 5 4 7 0 - 5
}

// prints is a Recorder that says what it is told.
type prints struct{}

func (prints) Changed(t *tracker.Tracker) { fmt.Println("changed:", t.Prefix(), t.Count()) }
func (prints) ChangedAll()                { fmt.Println("changed: all") }

// A server has a Caller for each connection.
func ExampleCaller() {
	r, err := tracker.NewRegistry(tracker.Config{}, tracker.NewBudget(64<<20))
	if err != nil {
		panic(err)
	}
	defer r.Close()
	c := r.Caller(prints{})
	defer c.Close()

	vec := c.At("vec:")
	fmt.Println(vec.Exists(1), vec.There()) // it is not there, and empty
	fmt.Println(vec.Add([]uint64{1, 2, 3}))
	fmt.Println(vec.Add([]uint64{1})) // nothing new
	fmt.Println(vec.TakeNext(nil, tracker.Everything, 2))
	fmt.Println(c.Drop("vec:"))
	// Output:
	// false false
	// changed: vec: 3
	// 3 <nil>
	// 0 <nil>
	// changed: vec: 1
	// [{1 2}]
	// changed: vec: 0
	// true
}
