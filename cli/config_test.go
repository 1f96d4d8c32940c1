package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

func TestConfig_UnitsAreRedis(t *testing.T) {
	c, err := readSettings(rows(), nothing, givenFlags("--slowlog-log-slower-than", "31"), givenFlags("--latency-monitor-threshold", "33"),
		givenFlags("--slowlog-max-len", "32"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.newSlowLog().Threshold(); got != 31*time.Microsecond {
		t.Errorf("slowlog-log-slower-than 31: %v", got)
	}
	if got := c.newSlowLog().Length(); got != 32 {
		t.Errorf("slowlog-max-len 32: %d", got)
	}
	if got := c.newLatency().Threshold(); got != 33*time.Millisecond {
		t.Errorf("latency-monitor-threshold 33: %v", got)
	}
}

func TestConfig_ChecksOfTwo(t *testing.T) {
	for line, want := range map[string]string{
		"":                                 "",
		"requirepass=x":                    "",
		"requirepass-file=x":               "",
		"requirepass=x requirepass-file=y": "--requirepass and --requirepass-file exclude each other",
		"tls-addr=:1":                      "--tls-addr, --tls-cert and --tls-key need each other",
		"tls-cert=c":                       "--tls-addr, --tls-cert and --tls-key need each other",
		"tls-addr=:1 tls-key=k":            "--tls-addr, --tls-cert and --tls-key need each other",
		"tls-addr=:1 tls-cert=c tls-key=k": "",
		"tls-auth-clients=yes":             "",
		"tls-auth-clients=yes tls-ca=a":    "",
		"tls-addr=:1 tls-cert=c tls-key=k tls-auth-clients=no":       "",
		"tls-addr=:1 tls-cert=c tls-key=k tls-auth-clients=optional": "--tls-auth-clients optional needs --tls-ca",
	} {
		if _, err := readSettings(rows(), nothing, several(line)...); err == nil && want != "" || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

func TestConfig_Completes(t *testing.T) {
	loops := resp.DefaultLoops() // 0 where there are none
	for line, want := range map[string]struct {
		loops   int
		clients resp.ClientCertificates
	}{
		"":                             {loops, resp.ClientsNone},
		"loops=3":                      {min(loops, 1) * 3, resp.ClientsNone},
		"listener=redcon loops=3":      {0, resp.ClientsNone},
		"tls-ca=a":                     {loops, resp.ClientsRequired},
		"tls-ca=a tls-auth-clients=no": {loops, resp.ClientsNone},
	} {
		c, err := readSettings(rows(), nothing, several(line)...)
		if err != nil {
			t.Fatal(err)
		}
		if c.server.Loops != want.loops || c.tls.clients != want.clients {
			t.Errorf("%s: %d loops, clients' certificates %s, want %v", line, c.server.Loops, c.tls.clients, want)
		}
	}
}

// several are flags as in "a=1 b=2".
func several(line string) []flagSet {
	var given []flagSet
	for _, word := range strings.Fields(line) {
		name, value, _ := strings.Cut(word, "=")
		given = append(given, givenFlags("--"+name, value))
	}
	return given
}
