// Package bitmap is a growable, lock-free set of IDs from 0 to 2^48-1, one bit
// each: set, clear, test, claim, find next, count, iterate.
//
// It knows bits and memory. It must not know prefixes, commands or the
// network, and imports nothing of this module.
//
//	b := bitmap.New()
//	b.Set(7)
//	id, ok := b.ClaimNext(0, 1000) // 0, true: nobody else gets 0
//
// # Finding one's way
//
//	one ID        Test, Set, Clear; TestAndSet and TestAndClear say who did it
//	ranges        SetRange, ClearRange, CountRange; Reset, ClearAll for all IDs;
//	              CountCells counts a range in many parts
//	hand out      ClaimNext, AppendClaim (free IDs); TakeNext, AppendTake (set
//	              ones); a Claimer for each of many who claim from one range
//	search        NextSet, NextClear, PrevSet, PrevClear
//	word by word  NextSetWord, NextClearWord; ClaimWord, TakeWord: for who decides
//	              by more than one bitmap, see Word, Clip, Lowest, AppendWord, too
//	go through    IterSet, IterClear, IterAll; AppendSet, AppendClear by pages
//	at random     a Sampler
//	how much      Count, IsEmpty; Capacity, Memory, Reserve
//
// Who accounts for the memory of many bitmaps, or bounds it, gives them a
// [Backing] with [Bitmap.Init], asks what a change would need
// ([Bitmap.Allocated], [Bitmap.Lacking], [Bitmap.LackingRange]), gets that before
// the change ([Bitmap.Secure], [Bitmap.SecureRange]) and lets go of a set with
// [Bitmap.Detach]. All others need none of these.
//
// # Memory
//
// An ID's magnitude says where its bit lives (tree.go): the first 4,096 IDs in
// one group of 64 words, the rest of the first 2^18 group by group, all others
// in chunks of 2^18 IDs under a 64-way tree of one to five levels. Every
// structure is allocated once, at its final place and size.
//
//	root                                                   IDs
//	 ├─ head ───── group 0                                 below 2^12
//	 ├─ low ────── chunk 0 ── groups 1 to 63, as needed    below 2^18
//	 ├─ trees[0] ─ node ───── chunks 1 to 63               below 2^24
//	 ├─ trees[1] ─ node ───── nodes 1 to 63 ── chunks      below 2^30
//	 │  …
//	 └─ trees[4] ─ five levels of nodes ────── chunks      below 2^48
//
// A path, from a word up, and the skip bits on it (see below), each of both
// kinds. The topmost node of trees[h] is at level 2+h; chunk 0 ends at level 1;
// the head has no skip bits.
//
//	structure            its skip bits                    level
//	node (trees[1] up)   skip            one for a node   3 and up
//	  │ 64 nodes
//	node                 skip            one for a chunk  2
//	  │ 64 chunks
//	chunk                skip.groups     one for a group  1
//	  │ 64 groups
//	group                skip.words[g]   one for a word   0
//	  │ 64 words         (in the chunk)
//	word                 64 IDs, a bit each
//
// # Progress
//
// Test and Count are wait-free. Changes, claims and finds are lock-free: a
// compare-and-swap fails only because another succeeded. (Or and And with their
// result used would compile to the same loop.) Growth, once per chunk, and
// ClearAll take a mutex.
//
// # Not promised
//
// Under concurrent changes: that a claim returns the lowest free ID, that a
// range operation is one step, that Count includes a change in flight, that
// "nothing left" holds at one instant (each ID was taken at some moment of the
// call). An operation that overlaps ClearAll may act on either side of it,
// range by range.
//
// # Concurrency
//
// What follows argues in the terms of sync/atomic: atomic operations behave as
// if in one total order, and what one observes happened before.
//
//	field                    written by                     legal transitions
//	root (Bitmap)            generation, ClearAll           nil -> root -> nil -> another root
//	head, low, trees, wide,  install, under mu              nil -> value, once
//	  kids, chunks, words
//	a word                   swap                           any, by compare-and-swap
//	skip bits                exhaust sets, reveal clears    any
//	slot, overflow           announce, release              free -> taken -> free; n -> n±1
//	stripe counts            add                            any
//	claimHint                nextFree raises, freed lowers  any
//	survey (wide)            surveyed                       any -> one of all memory there was
//
// Invariants:
//
//	B1  A structure is complete before the pointer to it is stored, and the
//	    pointer never changes again. What was reached once stays valid.
//	B2  A bit changes only by a successful compare-and-swap of its word. So of
//	    all callers that change a bit one way, exactly one did.
//	B3  A skip bit over a child that is not exhausted (a stale bit: it hides an
//	    ID) exists only while somebody whose path leads through that child is
//	    announced.
//	B4  Whoever changes a word that has summaries from or to empty or full, or
//	    sets skip bits, is announced from before the change until all skip bits
//	    of the path have been looked at.
//	B5  The population count is the number of set bits plus or minus the
//	    changes whose add is still to come.
//	B6  The claim hint is only where a search begins. When no change and no
//	    claim is in flight, no free ID lies below it.
//
// # Skip bits
//
// Each word, group, chunk and node has two skip bits in the summary above it:
// "full", for finders of free IDs, and "empty", for finders of set ones. The
// rules are the same; exhausted means full for the one and empty for the
// other, and a summary word is exhausted when all its bits are set. The head
// has no summary and is always looked at.
//
// A change that exhausts a word (exhaust), level by level upwards: reads the
// child; if it is exhausted, sets the skip bit and reads the child again; if it
// no longer is, clears the bit and all above it and stops.
//
// A change that brings an exhausted word back to life (reveal): after the
// compare-and-swap, clears the skip bits of all levels from the word up,
// looking at each. (To stop at the first clear one would do, for whoever
// cleared it goes on upwards; it would save a few loads of lines that are hot
// anyway.)
//
// A bulk change does the same for all words of a group at once, announced with
// the whole group in one slot.
//
// Why B3 holds. Let a skip bit be set at time t while its child is not
// exhausted. Somebody F set it last, at s, having read the child exhausted at
// r < s. The child left that state at some u > r, by a change of somebody M
// whose path leads through it. If u > s: M has its look at the bit still ahead,
// for it would clear it, so M is announced at t. If u < s: F reads the child
// again after s. If it finds it alive, F has yet to clear the bit, and is
// announced at t. If it finds it exhausted, the child was left again after s,
// and the case u > s applies. M may itself be somebody who takes back a skip
// bit one level down: that is why taking back goes on upwards at all levels.
//
// With nobody announced no bit is stale: nothing is hidden for good.
//
// # Nothing left
//
// A finder's walk by skip bits alone may miss an ID that a stale bit hides. So
// before it says "nothing left", and always in an iteration or a count, it
// collects the announced words (suspects) and descends to them whatever the skip
// bits say. So who goes through several bitmaps at once, each asked for its next
// word from where another has led (NextSetWord, NextClearWord), passes over no ID
// that is wanted by all of them all through that.
//
// Claim: if the bit x, in the word w, is wanted all through a call that began
// at t0, its walk reaches w. Suppose at t, in the walk, a skip bit on the path
// to w is set. Below it some skip bit on the path is stale, for w is not
// exhausted. By B3 it has an announced cause: either F, who set it having read the
// child as exhausted at some r, or M, who has just brought the child back to
// life at some u and has the bit still ahead. If r or u lies before t0 that one
// was announced before t0. Otherwise the child was exhausted at r, or just
// before u, while x was wanted: so a bit one level down on the path was stale
// then, and has a cause of its own, announced at that moment. Going down level
// by level ends at the latest with w itself, whose cause F0, as w was alive
// from t0 on, was announced before t0. So there is a chain F0, F1, F2 …, one
// per level at most, each announced while the next one was. All their paths run through the
// child in question, so one of them collected is enough. The slots are read
// once per level. If F0 is not seen in the first reading it was released before
// that ended; so F1, who needed it, was announced by then; if it is not seen in
// the second reading it was released before that ended; and so on. As many
// readings as there are levels leave nobody who could be announced, and
// unseen, at t. An overflow of the slots counts as "everybody is suspect".
// (Fewer readings than levels are not enough.)
//
// # Checked
//
// Package bitmap/modelcheck states the rules of the last two sections a second
// time, as a small model, and tries all interleavings: B3 holds and nothing is
// hidden with a reading for each level; with one reading less, or without any
// other of the rules, it prints a shortest schedule that goes wrong.
//
//	go test -v ./bitmap/modelcheck
//
// The build tag "yield" lets tests decide the order of steps in the code
// itself: schedule_test.go plays those schedules and looks at B3 after each
// step.
//
// # Linearization
//
//	Test                     the load of the word
//	Set, Clear, TestAndSet,  the compare-and-swap that changed the bit, or the
//	  TestAndClear           load that saw it changed already
//	ClaimNext, TakeNext      the compare-and-swap, for the ID returned: it was
//	                         free (set), not necessarily the lowest
//	ClaimWord, TakeWord      the compare-and-swap, for all IDs of the mask at once:
//	                         those returned were free (set) and the others were
//	                         not; for no ID, a load of the word that saw that
//	ClearAll                 the swap of the root. A change that had loaded the
//	                         old root comes before it, in the order of its word
//	ranges, batches,         per word; the whole is not atomic
//	  iteration
//
// # Prior art
//
// The tree of summaries is the van Emde Boas idea with fan-out 64; the geometric
// layout is that of Dechev, Pirkelbauer and Stroustrup, "Lock-free Dynamically
// Resizable Arrays" (2006); striped counters are those of java.util.concurrent's
// LongAdder.
package bitmap
