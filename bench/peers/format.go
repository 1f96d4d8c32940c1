//go:build linux

package main

import (
	"fmt"
	"math"
	"strings"
)

const (
	dash   = "–"
	failed = "failed, see below"
)

func line(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func orDash(s string) string {
	if s == "" {
		return dash
	}
	return s
}

// mark says what is asked for and whether figure is it.
func (g goal) mark(figure float64, unit string) string {
	if g == (goal{}) {
		return dash
	}
	sign, verdict := "≥", "**missed**"
	if g.atMost {
		sign = "≤"
	}
	if g.met(figure) {
		verdict = "met"
	}
	return fmt.Sprintf("%s %s%s: %s", sign, short(g.bound), unit, verdict)
}

// number keeps three digits of small figures, and groups long ones.
func number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.9995:
		// As many decimals as three digits take.
		return fmt.Sprintf("%.*f", min(2-int(math.Floor(math.Log10(v))), 9), v)
	case v < 9.995:
		return fmt.Sprintf("%.2f", v)
	case v < 99.95:
		return fmt.Sprintf("%.1f", v)
	}
	s := fmt.Sprintf("%.0f", v)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// short is three digits with K, M or G.
func short(v float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, " G"}, {1e6, " M"}, {1e3, " K"}} {
		if v >= unit.size*0.9995 {
			return number(v/unit.size) + unit.name
		}
	}
	return number(v)
}
