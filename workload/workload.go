package workload

import "time"

// Workload is phases, one after the other, on the keys of one prefix.
type Workload struct {
	Prefix string
	Keys   uint64 // IDs are below it; 0: as the prefix has it
	Width  *int   // digits of an ID in a key; nil: as the prefix has it
	Tag    string // in every key; "": as the prefix has it
	Seed   uint64 // of values, and of what is random
	Value  Size   // of a {value} that does not say its size
	Phases []Phase
}

// Phase is some operations at a time, until it ends, or a comparison with the store.
type Phase struct {
	Name string
	Ops  []Op
	Sync string // "", or load, verify, repair: this is done, and no operation

	Clients, Threads, Pipeline int
	Rate                       float64       // operations per second, 0: as many as there can be
	Lease                      time.Duration // IDs of a driver that is gone are handed out again after it
	Warmup                     time.Duration // at its beginning, that does not count
	Duration                   time.Duration // 0: without limit
	Requests                   uint64        // of this driver; 0: without limit. Without any limit it ends when no ID is left
	UntilEmpty                 bool          // it ends when one of its operations has no ID left, not when all have none
	Verify                     bool          // what comes back is compared with what was written
	Expect                     []Expectation
}

// Ends tells whether a phase ends by itself, without a duration or a number of requests: IDs that are claimed, taken or
// passed over come to an end, unless others of its operations make new ones, or never end.
func (p *Phase) Ends() bool {
	if p.Sync != "" {
		return true
	}
	var claims, takes, endless, ending bool
	for i := range p.Ops {
		switch c := &p.Ops[i].Choose; {
		case c.Limit.Is != NoAmount:
			ending = true
		case c.Way == Claim:
			claims = true
		case c.Way == Take:
			takes = true
		case c.Way == Cursor && !c.Loop:
			ending = true
		default:
			endless = true
		}
	}
	if p.UntilEmpty {
		return ending || claims != takes
	}
	return !endless && !(claims && takes)
}

// Op is an operation.
type Op struct {
	Name    string // in figures; the command's first word, made unlike those of others
	Share   uint64 // its weight among those of all operations of the phase
	Command *Template
	Choose  Choice
}

// Way is who chooses the ID.
type Way string

const (
	Claim  Way = "claim"  // the next free ID, to exist when it is written
	Take   Way = "take"   // the next ID that exists, to exist no more when it is deleted
	Sample Way = "sample" // any ID, as a client would ask for it
	Cursor Way = "cursor" // each ID that exists once, over all drivers
)

// Choice is how IDs are chosen.
type Choice struct {
	Way          Way
	Hit          float64  // of a sample: the part of IDs that exist, with at most [HitDigits] digits behind the point
	Dist         []string // of a sample, in the words of PT.SAMPLE: ZIPF 0.99; none: UNIFORM
	Scramble     bool
	Random       bool   // of a cursor or take: not in ascending order
	Loop         bool   // of a cursor: again from the beginning
	Limit        Amount // of a cursor or take: so many over all drivers
	Min, Max     Amount // the range of IDs
	Except, Only string // masks
}

// MaxIDs is how many IDs a prefix has without a bound.
const MaxIDs = 1 << 48

// Range is the range of IDs where IDs are below keys, 0 if that is not known. Parts of what is not known are parts of
// all.
func (c *Choice) Range(keys uint64) (min, max uint64) {
	if keys == 0 {
		keys = MaxIDs
	}
	if c.Max.Is == NoAmount {
		return c.Min.Of(keys), keys
	}
	return c.Min.Of(keys), c.Max.Of(keys)
}

// InParts tells whether keys must be known for the range.
func (c *Choice) InParts() bool { return c.Min.Is == IsPart || c.Max.Is == IsPart }
