package store

import "testing"

func TestLacking_IsWhatMustBeAdded(t *testing.T) {
	for set, want := range map[string]string{
		"":            "Kgxen",
		"K":           "gxen",
		"E":           "Kgxen",
		"AKE":         "",
		"AE":          "K",
		"Kgxen":       "",
		"Kgxe":        "n",
		"Kgxe$lshzt":  "",
		"Kgxe$lshz":   "n", // streams come unheard
		"Kn":          "gxe",
		"Kxm":         "gen",
		"g$lshzxetdK": "",
	} {
		if got := lacking(set); got != want {
			t.Errorf("lacking(%q) = %q, want %q", set, got, want)
		}
	}
}
