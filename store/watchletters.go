package store

import "strings"

// Letters of notify-keyspace-events: K has events told by key, A stands for several, and n is for keys that
// are new, whatever their type.
const (
	always    = "Kgxe"    // del and rename, expired, evicted
	byNew     = "n"       // one event for a key that comes
	byType    = "$lshzt"  // or one for each change of a key
	inA       = "gxe$lshzt"
	inEnglish = "CONFIG SET notify-keyspace-events "
)

// lacking returns the letters that have to be added to set for all to be heard that makes keys come and go, "" for
// none. Where keys come is told by n alone, or by the types' letters together.
func lacking(set string) (letters string) {
	has := func(all string) bool {
		for i := range len(all) {
			if !strings.Contains(set, all[i:i+1]) && !(strings.Contains(set, "A") && strings.Contains(inA, all[i:i+1])) {
				return false
			}
		}
		return true
	}
	for i := range len(always) {
		if letter := always[i : i+1]; !has(letter) {
			letters += letter
		}
	}
	if !has(byNew) && !has(byType) {
		letters += byNew
	}
	return letters
}
