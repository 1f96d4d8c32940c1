package engine

import "math/bits"

// Options are the options of the command at hand, read from its Spec's Args
// before the handler runs: each is known by its [Arg]. Options come in any order
// behind the words that have a place; each at most once, unless its Arg says
// that it repeats.
//
// An option is an optional argument with a keyword: a keyword alone, a keyword
// with one or more words behind it, or one of several keywords (a OneOf). A
// OneOf of keywords that is not optional has its place before all others.
type Options struct {
	table *optionTable
	args  [][]byte
	given uint16 // by slot: what is not given has an old value
	slots [maxOptions]optionValue
}

// maxOptions is how many options a command can have.
const maxOptions = 12

type optionValue struct {
	choice  uint8 // of a OneOf, from 1 on
	at      int32 // index in args of the first word behind the keyword; 0: none is
	numbers [2]uint64
}

// forget lets go of the words, which are somebody else's memory.
func (o *Options) forget() {
	if o != nil {
		o.args, o.given = nil, 0
	}
}

// Has tells whether the option a was given.
func (o *Options) Has(a *Arg) bool { return o.slot(a) != nil }

// Chose returns the keyword of the OneOf a that was given, "" for none.
func (o *Options) Chose(a *Arg) string {
	if v := o.slot(a); v != nil && v.choice > 0 {
		return a.Args[v.choice-1].Token
	}
	return ""
}

// Number returns what Read made of the first word of the option a; 0 if it was
// not given.
func (o *Options) Number(a *Arg) uint64 {
	if v := o.slot(a); v != nil {
		return v.numbers[0]
	}
	return 0
}

// Pair returns what Read made of both words of the option a.
func (o *Options) Pair(a *Arg) (first, second uint64) {
	if v := o.slot(a); v != nil {
		return v.numbers[0], v.numbers[1]
	}
	return 0, 0
}

// Word returns the first word behind the keyword of the option a, nil if it was
// not given or is the keyword alone.
func (o *Options) Word(a *Arg) []byte {
	if v := o.slot(a); v != nil && v.at > 0 {
		return o.args[v.at]
	}
	return nil
}

// Rest returns the words of the option a to the end of the command: those of an
// option that takes any number.
func (o *Options) Rest(a *Arg) [][]byte {
	if v := o.slot(a); v != nil && v.at > 0 {
		return o.args[v.at:]
	}
	return nil
}

// slot is the value of a, nil if it was not given.
func (o *Options) slot(a *Arg) *optionValue {
	if o == nil {
		return nil
	}
	for given := o.given; given != 0; given &= given - 1 { // few are
		if i := bits.TrailingZeros16(given) & 15; o.table.args[i] == a {
			return &o.slots[i]
		}
	}
	return nil
}

// Any tells whether any option was given.
func (o *Options) Any() bool { return o != nil && o.given != 0 }

// optionTable is a Spec's options, made for reading.
type optionTable struct {
	spec     *Spec
	places   []*Arg    // words before the options that must be there
	optional []*Arg    // and that may be
	alone    bool      // the optional one only if there is no other word
	args     []*Arg    // by slot
	keywords []keyword // of all options
	choice   *Arg      // a OneOf of keywords that has its place behind places, or nil; of slot 0
}

// keyword is a word that begins an option.
type keyword struct {
	token  string
	slot   int
	choice uint8  // of a OneOf, from 1 on
	words  []*Arg // behind it
	oneOf  []*Arg // one of these keywords, with its words, is behind it
	rest   bool   // any number of words is behind it
}

// newOptionTable returns the table of s, nil if there is no keyword in it.
func newOptionTable(s *Spec) *optionTable {
	t := &optionTable{spec: s}
	t.add(s.Args)
	if len(t.args) == 0 {
		return nil
	}
	if len(t.args) > maxOptions {
		panic("engine: more options than maxOptions")
	}
	return t
}

func (t *optionTable) add(args []*Arg) {
	for _, a := range args {
		switch {
		case a.Token != "":
			t.addOption(a)
		case a.Type == OneOf && all(a.Args, hasToken):
			t.addChoices(a)
		case a.Type == OneOf: // a word alone, or options
			for _, choice := range a.Args {
				if choice.Type == OneOf {
					t.addOptions(choice.Args)
				} else {
					t.optional, t.alone = append(t.optional, choice), true
				}
			}
		case a.Type == Block && a.Optional:
			for _, part := range a.Args {
				if part.Token == "" && part.Type != OneOf && part.Type != Block {
					t.optional = append(t.optional, part)
				} else {
					t.add([]*Arg{part})
				}
			}
		case a.Optional:
			t.optional = append(t.optional, a)
		default:
			t.places = append(t.places, a)
		}
	}
}

func (t *optionTable) addOptions(args []*Arg) {
	for _, a := range args {
		t.addOption(a)
	}
}

func (t *optionTable) addOption(a *Arg) {
	slot := len(t.args)
	t.args = append(t.args, a)
	k := keyword{token: a.Token, slot: slot, rest: a.Multiple}
	switch {
	case a.Type == PureToken:
	case a.Type == Block:
		k.words = a.Args
	case a.Type == OneOf && !all(a.Args, isToken):
		k.oneOf = a.Args
	default:
		k.words = []*Arg{a}
	}
	t.keywords = append(t.keywords, k)
}

// addChoices adds a OneOf of keywords: an option, or a word that has its place.
func (t *optionTable) addChoices(a *Arg) {
	slot := len(t.args)
	t.args = append(t.args, a)
	if !a.Optional {
		t.choice = a
		return
	}
	for i, choice := range a.Args {
		t.keywords = append(t.keywords, keyword{token: choice.Token, slot: slot, choice: uint8(i + 1)})
	}
}

func all(args []*Arg, is func(*Arg) bool) bool {
	for _, a := range args {
		if !is(a) {
			return false
		}
	}
	return true
}

func hasToken(a *Arg) bool { return a.Token != "" }
func isToken(a *Arg) bool  { return a.Type == PureToken }

// read reads the options among args, which begin after the command's name.
func (o *Options) read(t *optionTable, args [][]byte) error {
	o.table, o.args, o.given = t, args, 0
	at, err := readPlaces(t.places, args, 0)
	if err != nil {
		return err
	}
	if t.spec.KeyCount > 0 { // the last place is that of the first key
		n := t.spec.countKeys(args)
		if n == 0 {
			return ErrKeyCount
		}
		at += n - 1
	}
	if t.choice != nil {
		i := chosen(t.choice.Args, args[at])
		if i == 0 {
			return t.noChoice(t.choice, args[at])
		}
		v := o.give(0)
		v.choice, v.at = uint8(i), 0
		if at++; !isToken(t.choice.Args[i-1]) {
			if at == len(args) {
				return t.badOption(args[at-1])
			}
			v.at = int32(at)
			at++
		}
	}
	switch more := len(args) - at; {
	case t.alone && more == 1:
		return nil
	case !t.alone:
		if at, err = readPlaces(t.optional[:min(more, len(t.optional))], args, at); err != nil {
			return err
		}
	}
	for at < len(args) {
		k := t.find(args[at])
		if k == nil {
			return t.badOption(args[at])
		}
		if o.given>>k.slot&1 != 0 && !t.args[k.slot].Repeats {
			if before := o.slots[k.slot].choice; before != k.choice && k.choice != 0 && !t.spec.AsRedis {
				return t.contradiction(k.slot, before, k.choice)
			}
			return t.badOption(args[at])
		}
		v := o.give(k.slot)
		v.choice, v.at = k.choice, 0
		n, keywords, err := k.read(t, v, args[at:])
		if err != nil {
			return err
		}
		if keywords < n {
			v.at = int32(at + keywords)
		}
		at += n
	}
	return nil
}

func (o *Options) give(slot int) *optionValue {
	o.given |= 1 << slot
	return &o.slots[slot]
}

func (t *optionTable) find(word []byte) *keyword {
	for i := range t.keywords {
		if Is(word, t.keywords[i].token) {
			return &t.keywords[i]
		}
	}
	return nil
}

// read reads the words behind the keyword words[0] and returns how many words
// the option has, n, of which the first are keywords.
func (k *keyword) read(t *optionTable, v *optionValue, words [][]byte) (n, keywords int, err error) {
	behind, n := k.words, 1
	if k.oneOf != nil {
		if len(words) < 2 {
			return 0, 0, t.badOption(words[0])
		}
		i := chosen(k.oneOf, words[1])
		if i == 0 {
			return 0, 0, t.badOption(words[1])
		}
		v.choice, n = uint8(i), 2
		switch choice := k.oneOf[i-1]; choice.Type {
		case PureToken:
		case Block:
			behind = choice.Args
		default:
			behind = k.oneOf[i-1 : i]
		}
	}
	if len(words) < n+len(behind) {
		return 0, 0, t.badOption(words[0])
	}
	if k.rest {
		return len(words), n, nil
	}
	for i, a := range behind {
		if a.Type == OneOf {
			if v.choice = uint8(chosen(a.Args, words[n+i])); v.choice == 0 {
				return 0, 0, t.noChoice(a, words[n+i])
			}
		} else if a.Read != nil {
			if v.numbers[i], err = a.Read(words[n+i]); err != nil {
				return 0, 0, err
			}
		}
	}
	return n + len(behind), n, nil
}

// readPlaces reads the words that have a place, from args[at] on, and returns
// where the next one is.
func readPlaces(places []*Arg, args [][]byte, at int) (int, error) {
	for i, a := range places {
		if a.Read != nil {
			if _, err := a.Read(args[at+i]); err != nil {
				return 0, err
			}
		}
	}
	return at + len(places), nil
}

// noChoice is the error for a word that is none of the choices of a.
func (t *optionTable) noChoice(a *Arg, word []byte) error {
	if a.Read != nil {
		if _, err := a.Read(word); err != nil {
			return err
		}
	}
	if t.spec.AsRedis {
		return ErrSyntax
	}
	return SyntaxErrorAt(word)
}

// chosen returns which of the keywords word is, from 1 on; 0 for none.
func chosen(keywords []*Arg, word []byte) int {
	for i, a := range keywords {
		if Is(word, a.Token) {
			return i + 1
		}
	}
	return 0
}

func (t *optionTable) contradiction(slot int, a, b uint8) error {
	choices := t.args[slot].Args
	return Error("ERR syntax error, " + choices[min(a, b)-1].Token + " not supported in combination with " + choices[max(a, b)-1].Token)
}

// badOption is the error for a word that is no option.
func (t *optionTable) badOption(word []byte) error {
	switch {
	case t.spec.BadOption != nil:
		return t.spec.BadOption(word)
	case t.spec.AsRedis:
		return ErrSyntax
	default:
		return SyntaxErrorAt(word)
	}
}
