package workload

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Amount is a number or a part of something: 5000000, 50%.
type Amount struct {
	Number uint64
	Part   uint64 // in millionths, if Is says that it is a part
	Is     AmountKind
}

type AmountKind uint8

const (
	NoAmount AmountKind = iota
	IsNumber
	IsPart
)

// whole is all millionths.
const whole = 1_000_000

// Of is how much of n an amount is: of a part what is nearest.
func (a Amount) Of(n uint64) uint64 {
	switch a.Is {
	case IsNumber:
		return a.Number
	case IsPart:
		high, low := bits.Mul64(n, a.Part)
		low, carry := bits.Add64(low, whole/2, 0)
		of, _ := bits.Div64(high+carry, low, whole)
		return of
	}
	return 0
}

func (a Amount) String() string {
	switch a.Is {
	case IsNumber:
		return shortNumber(a.Number)
	case IsPart:
		return decimal(a.Part, 4) + "%"
	}
	return ""
}

var (
	errAmount = errors.New("must be a number or a part, such as 5000000, 5M or 50%")
	errNumber = errors.New("must be a whole number, such as 5000000 or 5M")
	errShare  = errors.New("must be a number, such as 4 or 80%")
	errRatio  = errors.New("must be a ratio from 0 to 1 or a part, such as 0.9 or 90%, with at most 6 digits behind the point")
)

// ParseAmount reads an amount.
func ParseAmount(text string) (Amount, error) {
	if part, ok := strings.CutSuffix(text, "%"); ok {
		n, ok := fixed(part, 4)
		if !ok || n > whole {
			return Amount{}, errAmount
		}
		return Amount{Part: n, Is: IsPart}, nil
	}
	n, err := parseNumber(text)
	if err != nil {
		return Amount{}, errAmount
	}
	return Amount{Number: n, Is: IsNumber}, nil
}

// parseNumber reads a whole number up to [MaxIDs], such as 5000000, 5M or 1.5k.
func parseNumber(text string) (uint64, error) {
	digits, times := text, 0
	for i, unit := range []string{"k", "M", "G"} {
		if before, ok := strings.CutSuffix(text, unit); ok {
			digits, times = before, 3*(i+1)
		}
	}
	n, ok := fixed(digits, times)
	if !ok || n > MaxIDs {
		return 0, errNumber
	}
	return n, nil
}

// parseRatio reads a ratio, in millionths.
func parseRatio(text string) (uint64, error) {
	part, percent := strings.CutSuffix(text, "%")
	places := HitDigits
	if percent {
		places -= 2
	}
	n, ok := fixed(part, places)
	if !ok || n > whole {
		return 0, errRatio
	}
	return n, nil
}

// fixed reads a decimal number times 10^places, which must be whole.
func fixed(text string, places int) (uint64, bool) {
	before, behind, point := strings.Cut(text, ".")
	if before == "" || point && behind == "" || len(text) > 32 {
		return 0, false
	}
	behind = strings.TrimRight(behind, "0")
	if len(behind) > places {
		return 0, false
	}
	for _, c := range []byte(before + behind) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(before+behind+strings.Repeat("0", places-len(behind)), 10, 64)
	return n, err == nil
}

// decimal writes n / 10^places without zeros at the end.
func decimal(n uint64, places int) string {
	of := uint64(math.Pow10(places))
	text := strconv.FormatUint(n/of, 10)
	if rest := n % of; rest > 0 {
		digits := strconv.FormatUint(rest, 10)
		text += "." + strings.TrimRight(strings.Repeat("0", places-len(digits))+digits, "0")
	}
	return text
}

// shortNumber writes a number as [parseNumber] reads it, with a unit where it has enough zeros.
func shortNumber(n uint64) string {
	for _, unit := range []struct {
		name string
		is   uint64
	}{{"G", 1e9}, {"M", 1e6}, {"k", 1e3}} {
		if n > 0 && n%unit.is == 0 {
			return strconv.FormatUint(n/unit.is, 10) + unit.name
		}
	}
	return strconv.FormatUint(n, 10)
}
