package tracker

import "math"

// hotspotShape is two parts of the range: in each all ranks are alike.
type hotspotShape struct {
	hot       uint64 // the ranks below it are hot
	in, other float64
}

func newHotspotShape(fraction, probability float64, n uint64) hotspotShape {
	hot := min(max(uint64(math.Round(fraction*float64(n))), 1), n)
	if hot == n {
		return hotspotShape{hot: n}
	}
	return hotspotShape{hot, math.Log(probability / float64(hot)), math.Log((1 - probability) / float64(n-hot))}
}

func (h hotspotShape) weight(rank uint64) float64 {
	if rank < h.hot {
		return h.in
	}
	return h.other
}

func (h hotspotShape) peak() uint64 {
	if h.in < h.other {
		return h.hot
	}
	return 0
}
