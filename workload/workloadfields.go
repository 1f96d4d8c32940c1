package workload

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxWidth = 32 // of an ID in a key, and the longest tag, as trackers have it
	maxTag   = 128
)

// workloadFields are what stands at the top of a file, beside defaults for phases.
func workloadFields() []field[Workload] {
	setPrefix, getPrefix := prefix(func(w *Workload) *string { return &w.Prefix })
	setKeys, getKeys := number(func(w *Workload) *uint64 { return &w.Keys }, 1, MaxIDs)
	return []field[Workload]{
		{Field{Name: "prefix", Value: "PREFIX", Flag: true, Usage: "the prefix whose keys are used"}, setPrefix, getPrefix},
		{Field{Name: "keys", Value: "N", Flag: true, Usage: "IDs are below N; not said: as the prefix has it. A prefix that is not there is made for so many"}, setKeys, getKeys},
		{Field{Name: "width", Value: "N", Flag: true, Usage: "digits of an ID in a key, where the prefix is made"}, setWidth, getWidth},
		{Field{Name: "tag", Value: "TAG", Flag: true, Usage: "tag in every key, for one slot of a Cluster, where the prefix is made"}, setTag, func(w *Workload) string { return w.Tag }},
		{Field{Name: "seed", Value: "N", Default: "1", Flag: true, Usage: "seed of values and of all that is random"}, setSeed, func(w *Workload) string { return strconv.FormatUint(w.Seed, 10) }},
		{Field{Name: "value", Value: "N|N-M", Default: "512", Flag: true, Usage: "bytes of a {value} that does not say its own size"}, setValue, func(w *Workload) string { return w.Value.String() }},
		{Field: Field{Name: "phases", Value: "list", Usage: "the phases, one after the other"}},
	}
}

func setWidth(w *Workload, text string) error {
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil || n > maxWidth {
		return fmt.Errorf("must be a whole number from 0 to %d", maxWidth)
	}
	width := int(n)
	w.Width = &width
	return nil
}

func getWidth(w *Workload) string {
	if w.Width == nil {
		return ""
	}
	return strconv.Itoa(*w.Width)
}

var errTag = fmt.Errorf("must have 1 to %d bytes without braces, as text (UTF-8)", maxTag)

func setTag(w *Workload, text string) error {
	if text == "" || len(text) > maxTag || strings.ContainsAny(text, "{}") || !utf8.ValidString(text) {
		return errTag
	}
	w.Tag = text
	return nil
}

var errSeed = errors.New("must be a whole number")

func setSeed(w *Workload, text string) (err error) {
	if w.Seed, err = strconv.ParseUint(text, 10, 64); err != nil {
		return errSeed
	}
	return nil
}

func setValue(w *Workload, text string) (err error) {
	s, err := ParseSize(text)
	if err == nil {
		w.Value = s
	}
	return err
}
