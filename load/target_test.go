package load

import "testing"

func TestTarget(t *testing.T) {
	for text, want := range map[string]string{
		"3999 127.0.0.1:6381":       "127.0.0.1:6381",
		"0 store-1.example:7":       "store-1.example:7",
		"1 :6381":                   "10.0.0.7:6381", // where it is itself
		"1 ::1:6381":                "[::1]:6381",
		"1 [::1]:6381":              "[::1]:6381",
		"1 ?:6381":                  "", // it does not know
		"1":                         "",
		"":                          "",
		"16384 127.0.0.1:6381":      "",
		"one 127.0.0.1:6381":        "",
		"Hash slot not served":      "",
		"1 127.0.0.1":               "",
		"65536 127.0.0.1:6381":      "",
		"-1 127.0.0.1:6381":         "",
		"16383 127.0.0.1:6381":      "127.0.0.1:6381",
		"16383 127.0.0.1:6381 more": "127.0.0.1:6381",
	} {
		if _, addr := target(text, "10.0.0.7:6379"); addr != want {
			t.Errorf("%q: %q, want %q", text, addr, want)
		}
	}
	if slot, _ := target("3999 127.0.0.1:6381", ""); slot != 3999 {
		t.Errorf("slot %d", slot)
	}
}
