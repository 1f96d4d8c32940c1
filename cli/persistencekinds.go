package cli

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// policies are Redis's words for when the log is forced to the disk.
var policies = []string{journal.EverySec: "everysec", journal.Always: "always", journal.No: "no"}

// policy is one of them, in any letters, as Redis has it.
func policy() kind[journal.Policy] {
	words := oneOf("always", "everysec", "no")
	return kind[journal.Policy]{
		placeholder: words.placeholder,
		must:        words.must,
		read: func(text string) (journal.Policy, error) {
			i := slices.Index(policies, strings.ToLower(text))
			if i < 0 {
				return 0, errNotPolicy
			}
			return journal.Policy(i), nil
		},
		write: func(v journal.Policy) string { return policies[v] },
	}
}

// savePoints are when backups are written: each is a time and a number of
// changes in it.
type savePoints []savePoint

type savePoint struct {
	after   time.Duration
	changes uint64
}

// savings are save points as Redis has them: pairs of whole numbers of 1 or more
// and 0 or more. No pair is no backup.
func savings() kind[savePoints] {
	return kind[savePoints]{
		placeholder: `"SECONDS CHANGES …"`,
		must:        `pairs of seconds and changes, such as "3600 1 300 100", or ""`,
		read: func(text string) (points savePoints, err error) {
			const longest = 1 << 31 // seconds
			words := strings.Fields(text)
			if len(words)%2 != 0 {
				return nil, errSavings
			}
			for pair := range slices.Chunk(words, 2) {
				seconds, err := strconv.ParseUint(pair[0], 10, 64)
				if err != nil || seconds < 1 || seconds > longest {
					return nil, errSavings
				}
				changes, err := strconv.ParseUint(pair[1], 10, 64)
				if err != nil {
					return nil, errSavings
				}
				points = append(points, savePoint{time.Duration(seconds) * time.Second, changes})
			}
			return points, nil
		},
		write: func(points savePoints) string {
			var words []string
			for _, p := range points {
				words = append(words, strconv.FormatInt(int64(p.after/time.Second), 10), strconv.FormatUint(p.changes, 10))
			}
			return strings.Join(words, " ")
		},
	}
}

// backupName is the name of a file that is nothing else in the directory of a
// log.
func backupName() kind[string] {
	k := word("NAME", "the name of a file that is none of the log's, such as dump.pt")
	read := k.read
	k.read = func(text string) (string, error) {
		if journal.CheckBackupName(text) != nil {
			return "", errNotValue
		}
		return read(text)
	}
	return k
}
