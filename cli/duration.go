package cli

import (
	"strconv"
	"time"
)

// duration is a time with its unit, 0 or more.
func duration() kind[time.Duration] {
	return kind[time.Duration]{
		placeholder: "TIME",
		must:        "a duration such as 10s",
		read: func(text string) (time.Duration, error) {
			d, err := time.ParseDuration(text)
			if err != nil || d < 0 {
				return 0, errNotValue
			}
			return d, nil
		},
		write: time.Duration.String,
	}
}

// wholeSeconds writes a time as Redis has it, in seconds. What is less than one, and
// not nothing, is one: 0 would be no time at all.
func wholeSeconds(d time.Duration) string {
	seconds := d / time.Second
	if d%time.Second > 0 {
		seconds++
	}
	return strconv.FormatInt(int64(seconds), 10)
}
