package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
)

// INFO [section [section …]]
var infoSpec = &engine.Spec{
	Name: "INFO", Arity: -1, Flags: []string{"loading"},
	Group: groupServer, Categories: []string{"dangerous"},
	Summary:    "Returns the server's state as text, by section.",
	Complexity: "O(n) for n commands and clients",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "section", Type: engine.String, Optional: true, Multiple: true}},
	Reply:      "text",
	Long:       true, // it looks at every client, and the system's figures are files
	Run:        run(info),
}

type infoSection struct {
	name   string
	extra  bool // shown by name or with ALL only
	fields func(f *observe.Figures) []infoField
}

var infoSections = []infoSection{
	{"Server", false, infoServer},
	{"Clients", false, infoClients},
	{"Memory", false, infoMemory},
	{"Persistence", false, infoPersistence},
	{"Stats", false, infoStats},
	{"Replication", false, infoReplication},
	{"CPU", false, infoCPU},
	{"Modules", false, infoModules},
	{"Commandstats", true, infoCommandStats},
	{"Errorstats", false, infoErrorStats},
	{"Latencystats", true, infoLatencyStats},
	{"Cluster", false, infoCluster},
	{"Keyspace", false, infoKeyspace},
	{"Sync", false, infoSync},
}

func info(c *session, args [][]byte) error {
	var wanted []string
	for _, a := range args {
		wanted = append(wanted, engine.Lower([]byte(engine.Clipped(a))))
	}
	all := slices.Contains(wanted, "all") || slices.Contains(wanted, "everything")
	usual := all || len(wanted) == 0 || slices.Contains(wanted, "default")
	figures := c.figures(c.Server, c.Engine())
	var b strings.Builder
	for _, section := range infoSections {
		if !all && (!usual || section.extra) && !slices.Contains(wanted, strings.ToLower(section.name)) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\r\n")
		}
		section.write(&b, figures)
	}
	c.Verbatim(b.String())
	return nil
}

// write writes a line for each field. What a file or a directory is called, in an
// error's text for example, forges none.
func (s *infoSection) write(b *strings.Builder, f *observe.Figures) {
	fmt.Fprintf(b, "# %s\r\n", s.name)
	var line []byte
	for _, field := range s.fields(f) {
		line = resp.AppendLine(line[:0], fmt.Sprintf("%s:%v", field.name, field.value))
		b.Write(append(line, "\r\n"...))
	}
}
