package commands

import (
	"math"
	"strconv"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var (
	optHit  = &engine.Arg{Name: "ratio", Type: engine.Double, Token: "HIT", Optional: true, Read: parseRatio}
	optDist = &engine.Arg{Name: "law", Type: engine.OneOf, Token: "DIST", Optional: true, Args: []*engine.Arg{
		engine.Token("UNIFORM"),
		{Name: "theta", Type: engine.Double, Token: "ZIPF", Read: parseTheta},
		lawOfTwo("HOTSPOT", "fraction", parseRatio, "probability", parseRatio),
		{Name: "theta", Type: engine.Double, Token: "LATEST", Read: parseTheta},
		lawOfTwo("EXPONENTIAL", "percentile", parseInnerRatio, "fraction", parseInnerRatio),
		lawOfTwo("NORMAL", "mean", parseRatio, "deviation", parseTheta),
	}}
	optScramble  = engine.Flag("SCRAMBLE")
	optSeed      = &engine.Arg{Name: "n", Type: engine.Integer, Token: "SEED", Optional: true, Read: parseNatural}
	optDistinct  = engine.Flag("DISTINCT")
	optKeys      = engine.Flag("KEYS")
	optWithState = engine.Flag("WITHSTATE")
)

func lawOfTwo(token, first string, readFirst func([]byte) (uint64, error), second string, readSecond func([]byte) (uint64, error)) *engine.Arg {
	return &engine.Arg{Name: token, Type: engine.Block, Token: token, Args: []*engine.Arg{
		{Name: first, Type: engine.Double, Read: readFirst}, {Name: second, Type: engine.Double, Read: readSecond}}}
}

// PT.SAMPLE prefix [COUNT n] [HIT ratio] [DIST UNIFORM|ZIPF theta|HOTSPOT fraction probability|LATEST theta|EXPONENTIAL percentile fraction|NORMAL mean deviation] [SCRAMBLE] [SEED n] [DISTINCT] [RANGE min max] [EXCEPT prefix] [ONLY prefix] [KEYS] [WITHSTATE]
var ptSampleSpec = &engine.Spec{
	Name: "PT.SAMPLE", Arity: -2, Flags: []string{"readonly"},
	Uneven:   true,
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIteration,
	Summary:    "Returns IDs drawn at random by a law: of n of them round(ratio*n) exist, by default all, and the others do not.",
	Complexity: "O(n) for n IDs; each takes as many trials as the law gives the class one draw of its own, or all together one count of the class, whichever is less",
	Since:      "0.1.0",
	Args: []*engine.Arg{argPrefix,
		optCount, optHit, optDist, optScramble, optSeed, optDistinct, optRange, optExcept, optOnly, optKeys, optWithState},
	Reply: "ID or null; with COUNT an array; with WITHSTATE pairs of ID and 1 if it exists, 0 if not",
	Run:   onPrefix(ptSample),
}

// fewSamples is how many IDs are drawn quickly, if they lie well.
const fewSamples = 1024

func ptSample(c *session, p tracker.Handle, _ [][]byte) error {
	d := tracker.Draws{
		N:        c.count(1),
		Hit:      1,
		Law:      c.law(),
		Scramble: c.Options.Has(optScramble),
		Distinct: c.Options.Has(optDistinct),
		Seeded:   c.Options.Has(optSeed),
		Seed:     c.Options.Number(optSeed),
		Range:    c.rangeOrAll(),
		Ranged:   c.Options.Has(optRange),
		Client:   c,
	}
	if c.Options.Has(optHit) {
		d.Hit = math.Float64frombits(c.Options.Number(optHit))
	}
	var err error
	if d.Mask, err = c.mask(); err != nil {
		return err
	}
	form := asIDs
	if c.Options.Has(optKeys) {
		form = asKeys
	}
	if (d.N > fewSamples || form.long(d.N, tracker.MaxPrefixLen)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(8 * d.N); err != nil {
		return err
	}
	if c.drawer == nil {
		c.drawer = new(tracker.Drawer)
	}
	d.Quick = c.OnLoop()
	drawn, err := p.Draw(c.drawn[:0], &d, c.drawer)
	if err == tracker.ErrLong {
		if c.LeaveLoop() {
			return engine.ErrLater
		}
		d.Quick = false
		drawn, err = p.Draw(c.drawn[:0], &d, c.drawer)
	}
	if err != nil {
		return err
	}
	c.replyDrawn(p.Read(), drawn, form)
	if cap(drawn) <= maxKeptIDs {
		c.drawn = drawn
	}
	return nil
}

// replyDrawn writes what was drawn: an array when COUNT was given, else one or null.
func (c *session) replyDrawn(t tracker.Reader, drawn []tracker.Drawn, f form) {
	c.collected.have(8 * cap(drawn))
	if c.Options.Has(optCount) {
		c.Array(len(drawn))
	} else if len(drawn) == 0 {
		c.Null()
	}
	withState := c.Options.Has(optWithState)
	for i, one := range drawn {
		if i%goneEvery == goneEvery-1 && c.Gone() {
			return
		}
		if withState {
			c.Array(2)
		}
		if c.replyID(t, one.ID(), f); withState {
			c.Int(int64(one & 1))
		}
	}
}

// law is the DIST that was given; without, all IDs are alike.
func (c *session) law() tracker.Law {
	first, second := c.Options.Pair(optDist)
	a, b := math.Float64frombits(first), math.Float64frombits(second)
	switch c.Options.Chose(optDist) {
	case "ZIPF":
		return tracker.Zipf(a)
	case "HOTSPOT":
		return tracker.Hotspot(a, b)
	case "LATEST":
		return tracker.Latest(a)
	case "EXPONENTIAL":
		return tracker.Exponential(a, b)
	case "NORMAL":
		return tracker.Normal(a, b)
	}
	return tracker.Uniform()
}

// parseRatio reads a number from 0 to 1.
func parseRatio(b []byte) (uint64, error) {
	return parseReal(b, func(x float64) bool { return x >= 0 && x <= 1 }, errInvalidRatio)
}

// parseInnerRatio reads a number between 0 and 1.
func parseInnerRatio(b []byte) (uint64, error) {
	return parseReal(b, func(x float64) bool { return x > 0 && x < 1 }, errInvalidInnerRatio)
}

// parseTheta reads a number over 0.
func parseTheta(b []byte) (uint64, error) {
	return parseReal(b, func(x float64) bool { return x > 0 && x <= 1000 }, errInvalidTheta)
}

// parseReal reads a number, and returns its bits.
func parseReal(b []byte, is func(x float64) bool, otherwise engine.Error) (uint64, error) {
	x, err := strconv.ParseFloat(view(b), 64)
	if err != nil || !is(x) {
		return 0, otherwise
	}
	return math.Float64bits(x), nil
}
