package tracker

// placing is which ID of a range has which rank.
type placing struct {
	first     uint64 // ID of the range
	turned    uint64 // so many IDs, from the first on, are ranked downwards
	scrambled bool
	order     Permutation // if scrambled
}

// turn turns round the places that are ranked downwards.
func (p *placing) turn(place uint64) uint64 {
	if place < p.turned {
		return p.turned - 1 - place
	}
	return place
}

func (p *placing) id(rank uint64) uint64 {
	if p.scrambled {
		rank = p.order.At(rank)
	}
	return p.first + p.turn(rank)
}

func (p *placing) rank(id uint64) uint64 {
	place := p.turn(id - p.first)
	if p.scrambled {
		place = p.order.Of(place)
	}
	return place
}

// turnedShape is a shape over the places of IDs of which so many are ranked downwards.
type turnedShape struct {
	shape
	placing *placing
}

func (t turnedShape) weight(place uint64) float64 { return t.shape.weight(t.placing.turn(place)) }
func (t turnedShape) peak() uint64                { return t.placing.turn(t.shape.peak()) }
