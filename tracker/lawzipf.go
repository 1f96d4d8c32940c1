package tracker

import "math"

// zipfShape is the theta of a Zipf law.
type zipfShape float64

func (z zipfShape) weight(rank uint64) float64 { return -float64(z) * math.Log(float64(rank)+1) }
func (z zipfShape) peak() uint64               { return 0 }
