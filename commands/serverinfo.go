package commands

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// INFO [section …]
var serverInfoSpec = &Spec{
	Name: "INFO", Arity: -1,
	Group:      groupServer,
	Summary:    "Returns the server's state as text, by section.",
	Complexity: "O(n) for n connections",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "section", Type: ArgString, Optional: true, Multiple: true}},
	Reply:      "text",
	Run:        (*Commands).serverInfo,
}

// compatible is the Redis version whose behaviour the standard commands have;
// tools gate features on it.
const compatible = "7.2.4"

type infoField struct {
	name  string
	value any
}

type infoSection struct {
	name   string
	fields func(x *Commands, s resp.Stats) []infoField
}

var infoSections = []infoSection{
	{"Server", infoServer},
	{"Clients", infoClients},
	{"Memory", infoMemory},
	{"Persistence", infoPersistence},
	{"Stats", infoStats},
	{"Replication", infoReplication},
	{"Cluster", infoCluster},
	{"Keyspace", infoKeyspace},
}

func (x *Commands) serverInfo(c *resp.Conn, args [][]byte) error {
	var wanted []string
	for _, a := range args {
		wanted = append(wanted, strings.ToLower(clipped(a)))
	}
	all := len(wanted) == 0
	for _, word := range []string{"default", "all", "everything"} {
		all = all || slices.Contains(wanted, word)
	}
	stats := c.Server.Stats()
	var b strings.Builder
	for _, section := range infoSections {
		if !all && !slices.Contains(wanted, strings.ToLower(section.name)) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\r\n")
		}
		fmt.Fprintf(&b, "# %s\r\n", section.name)
		for _, f := range section.fields(x, stats) {
			fmt.Fprintf(&b, "%s:%v\r\n", f.name, f.value)
		}
	}
	c.Verbatim(b.String())
	return nil
}

func infoServer(x *Commands, s resp.Stats) []infoField {
	port := 0
	if a, ok := s.Addr.(*net.TCPAddr); ok {
		port = a.Port
	}
	up := time.Since(s.Started)
	return []infoField{
		{"redis_version", compatible},
		{"server_name", "prefixtracker"},
		{"prefixtracker_version", x.options.Version},
		{"redis_mode", "standalone"},
		{"os", runtime.GOOS + " " + runtime.GOARCH},
		{"arch_bits", 32 << (^uint(0) >> 63)},
		{"go_version", runtime.Version()},
		{"process_id", os.Getpid()},
		{"tcp_port", port},
		{"uptime_in_seconds", int64(up.Seconds())},
		{"uptime_in_days", int64(up.Hours() / 24)},
	}
}

func infoClients(_ *Commands, s resp.Stats) []infoField {
	return []infoField{
		{"connected_clients", s.Connected},
		{"blocked_clients", 0},
	}
}

func infoMemory(x *Commands, _ resp.Stats) []infoField {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return []infoField{
		{"used_memory", m.HeapAlloc},
		{"trackers_memory", x.registry.Budget().Used()},
		{"maxmemory", x.registry.Budget().Limit()},
		{"maxmemory_policy", "noeviction"},
	}
}

func infoPersistence(*Commands, resp.Stats) []infoField {
	return []infoField{
		{"loading", 0},
		{"rdb_bgsave_in_progress", 0},
		{"aof_enabled", 0},
		{"aof_rewrite_in_progress", 0},
	}
}

func infoStats(_ *Commands, s resp.Stats) []infoField {
	return []infoField{
		{"total_connections_received", s.Connections},
		{"total_commands_processed", s.Commands},
		{"handler_panics", s.Panics},
	}
}

func infoReplication(*Commands, resp.Stats) []infoField {
	return []infoField{
		{"role", "master"},
		{"connected_slaves", 0},
	}
}

func infoCluster(*Commands, resp.Stats) []infoField {
	return []infoField{{"cluster_enabled", 0}}
}

func infoKeyspace(x *Commands, _ resp.Stats) []infoField {
	n := x.registry.Len()
	if n == 0 {
		return nil
	}
	return []infoField{{"db0", fmt.Sprintf("keys=%d,expires=0,avg_ttl=0", n)}}
}
