package remote

import (
	"context"
	"strconv"
)

// Draw is which IDs of a prefix are drawn at random, as PT.SAMPLE has it.
type Draw struct {
	Prefix       string
	Min, Max     uint64   // from Min to Max-1
	Existing     bool     // else those that do not
	Law          []string // in its words, such as ZIPF 0.99; none: all alike
	Scramble     bool
	Except, Only string // masks, "" for none
}

// Sample appends n IDs to dst, or none: there is none of that kind.
func (c *Client) Sample(ctx context.Context, d *Draw, dst []uint64, n int) ([]uint64, error) {
	words := []string{"PT.SAMPLE", d.Prefix, "COUNT", strconv.Itoa(n), "RANGE", digits(d.Min), digits(d.Max), "HIT", "0"}
	if d.Existing {
		words[len(words)-1] = "1"
	}
	if len(d.Law) > 0 {
		words = append(append(words, "DIST"), d.Law...)
	}
	if d.Scramble {
		words = append(words, "SCRAMBLE")
	}
	words = append(words, masks(d.Except, d.Only)...)
	err := c.exchange(ctx, func(x *exchange) { x.words(nil, words...) }, func(x *exchange) error {
		entries, err := x.list()
		if err == nil {
			dst, _, err = x.ids(dst, entries, n)
		}
		return err
	})
	return dst, c.about("PT.SAMPLE", err)
}
