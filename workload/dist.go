package workload

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// laws are those of PT.SAMPLE, with what their numbers must be.
var laws = []struct {
	name    string
	numbers []func(float64) bool
}{
	{"UNIFORM", nil},
	{"ZIPF", []func(float64) bool{isTheta}},
	{"HOTSPOT", []func(float64) bool{isRatio, isRatio}},
	{"LATEST", []func(float64) bool{isTheta}},
	{"EXPONENTIAL", []func(float64) bool{isInner, isInner}},
	{"NORMAL", []func(float64) bool{isRatio, isTheta}},
}

func isTheta(x float64) bool { return x > 0 && x <= 1000 }
func isRatio(x float64) bool { return x >= 0 && x <= 1 }
func isInner(x float64) bool { return x > 0 && x < 1 }

var errDist = errors.New("must be uniform, zipf THETA, hotspot FRACTION PROBABILITY, latest THETA, exponential PERCENTILE FRACTION or normal MEAN DEVIATION, with numbers as PT.SAMPLE has them")

// setDist reads a law in the words of PT.SAMPLE, in any letters.
func setDist(o *draftOp, text string) error {
	words := strings.Fields(text)
	if len(words) == 0 {
		return errDist
	}
	words[0] = strings.ToUpper(words[0])
	for _, law := range laws {
		if law.name != words[0] || len(words) != 1+len(law.numbers) {
			continue
		}
		for i, is := range law.numbers {
			x, err := strconv.ParseFloat(words[1+i], 64)
			if err != nil || math.IsNaN(x) || !is(x) {
				return errDist
			}
		}
		o.Choose.Dist = words
		return nil
	}
	return errDist
}

func getDist(o *draftOp) string { return strings.ToLower(strings.Join(o.Choose.Dist, " ")) }
