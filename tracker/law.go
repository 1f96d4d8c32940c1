package tracker

// Law says how likely each ID of a range is to be drawn, by its rank: the place that
// it has in the range, from 0 on. Its zero value makes all alike.
type Law struct {
	kind lawKind
	a, b float64
}

type lawKind uint8

const (
	uniform lawKind = iota
	zipf
	hotspot
	latest
	exponential
	normal
)

// Uniform makes all IDs alike.
func Uniform() Law { return Law{} }

// Zipf makes the ID of rank k as likely as 1/(k+1)^theta says, for any theta over 0.
func Zipf(theta float64) Law { return Law{zipf, theta, 0} }

// Hotspot gives the first IDs, so large a fraction of them, that probability
// together, and all others the rest: of each part all are alike.
func Hotspot(fraction, probability float64) Law { return Law{hotspot, fraction, probability} }

// Latest is Zipf counted from the largest ID that exists down. Behind the smallest
// ID come those over the largest, in ascending order.
func Latest(theta float64) Law { return Law{latest, theta, 0} }

// Exponential makes each ID less likely than the one before it by the same factor,
// so that percentile (between 0 and 1) of all draws fall within the first fraction of
// the range.
func Exponential(percentile, fraction float64) Law { return Law{exponential, percentile, fraction} }

// Normal makes each ID as likely as the density of the normal law is at its place;
// mean and deviation are fractions of the range.
func Normal(mean, deviation float64) Law { return Law{normal, mean, deviation} }

// shape is a Law over so and so many ranks. Its weights do not rise going away from
// its peak, to either side.
type shape interface {
	// weight is the logarithm of the probability of a rank, but for a constant:
	// so no rank is too unlikely to be told from others. -Inf is none.
	weight(rank uint64) float64
	peak() uint64
}

// over returns the shape of l over n ranks, 1 at least.
func (l Law) over(n uint64) shape {
	switch l.kind {
	case zipf, latest:
		return zipfShape(l.a)
	case hotspot:
		return newHotspotShape(l.a, l.b, n)
	case exponential:
		return newExponentialShape(l.a, l.b, n)
	case normal:
		return newNormalShape(l.a, l.b, n)
	}
	return flat{}
}

// flat is the shape of the uniform law.
type flat struct{}

func (flat) weight(uint64) float64 { return 0 }
func (flat) peak() uint64          { return 0 }
