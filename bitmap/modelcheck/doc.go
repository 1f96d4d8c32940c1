// Package modelcheck proves by exhaustion what bitmap/doc.go argues: it tries
// every interleaving of a small model of the bitmap's skip bits.
//
// It knows words, skip bits, announcements and a finder, all as a model of its
// own. It must not know the code of package bitmap, and imports nothing of this
// module: the model is a second statement of the rules, to be read beside the
// first.
//
// # The model
//
// A word is exhausted or not, for one kind of finder; what else is in it does
// not matter to the skip bits. The tree is the least that has all ways to meet
// on a path: x's word, and for each level one other word that joins the path
// there.
//
//	level 2          [chunk]
//	level 1      [group   group]          a skip bit for each
//	level 0    [word word] [word]         a skip bit for each
//	             w0   w1     w2           w0 is the word of x
//
// Changers announce themselves, exhaust a word or bring it back to life, alone
// or with its whole group, bring the skip bits up to date and release, over and
// over; a step is one atomic access. The finder begins at any moment, reads the
// announcements so many times and walks down to x. The state space is finite
// (no changer counts what it has done), so a search that ends has seen what any
// number of changes can do, as long as no more than [Model.Changers] are in
// flight at once.
//
// # What is checked
//
//	B3      a skip bit over a child that is not exhausted exists only while
//	        somebody whose path leads through that child is announced
//	found   the finder does not say "nothing left" while x is free from before
//	        its first reading to its end
//
// Where the model is freer than the code it can do more, never less: a changer
// takes any free slot, or none (overflow) though there is one; a word that is
// exhausted already may have its skip bits set by anybody (settle).
//
// # Weaker rules
//
// A search that finds nothing shows little unless it can find something. Each
// rule can be broken ([Rules]); the tests break them one by one and want the
// schedule that goes wrong, the shortest there is.
//
//	go test -v ./bitmap/modelcheck          the short form, with the schedules
//	go test -v ./bitmap/modelcheck -big     more changers and slots (make stress)
package modelcheck
