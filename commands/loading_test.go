package commands

import (
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// While what was kept is read, only what needs none of it is executed.
func TestKept_Loading(t *testing.T) {
	stops := 0
	k := &keptServer{server: newServerWith(t, 0, Options{Loading: true, Shutdown: func(error) { stops++ }}), t: t}
	k.conn, k.session = k.connect(&k.out)
	k.conn.Server = resp.NewServer(k.Engine, zerolog.Nop(), resp.DefaultConfig())
	const loading = "-LOADING Redis is loading the dataset in memory\r\n"
	k.Engine.Loading(25, 100)
	k.expect("PT.ADD vec: 1", loading, "PT.EXISTS vec: 1", loading, "PING", loading, "SAVE", loading, "BGSAVE", loading, "ECHO hello", "$5\r\nhello\r\n",
		"MULTI", "+OK\r\n", "PT.ADD vec: 1", loading, "EXEC", "-EXECABORT Transaction discarded because of previous errors.\r\n")
	k.mustTell("loading:1", "aof_enabled:1", "loading_total_bytes:100", "loading_loaded_bytes:25", "loading_loaded_perc:25.00")
	for _, name := range []string{"loading_start_time", "loading_eta_seconds", "loading_rdb_used_mem"} {
		if _, there := k.fields()[name]; !there {
			t.Errorf("%s is missing", name)
		}
	}
	if got := k.serve("SHUTDOWN SAVE"); got != "" || stops != 1 { // there is nothing to save
		t.Errorf("%q, %d", got, stops)
	}
	k.Loaded()
	k.expect("PT.ADD vec: 1", ":1\r\n", "PING", "+PONG\r\n")
	k.mustTell("loading:0")
	if _, there := k.fields()["loading_total_bytes"]; there {
		t.Error("it tells how much is to be read")
	}
}
