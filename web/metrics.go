package web

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metric is a family of metrics, told once: what is shown, what a scrape describes and
// the documents' table follow from it.
type metric struct {
	name   string // behind [metricPrefix]
	help   string
	kind   prometheus.ValueType
	labels []string
	// The one of these that is there says what it reads: figures, the sums over all
	// prefixes, or each prefix that has metrics of its own.
	figures  func(f *figures, emit emit)
	sums     func(s *sums, emit emit)
	prefixes func(p *prefixFigures, emit emit)

	desc *prometheus.Desc
}

// emit tells a value and the values of its labels.
type emit func(value float64, labels ...string)

const metricPrefix = "prefixtracker_"

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// metrics answers with all numbers as Prometheus reads them.
func (s *Server) metrics() http.HandlerFunc {
	registry := prometheus.NewRegistry()
	registry.MustRegister(newCollector(s), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP
}

// collector reads all families for a scrape.
type collector struct {
	server   *Server
	families []metric
	duration *prometheus.Desc
}

func newCollector(s *Server) *collector {
	c := &collector{server: s, families: families()}
	for i := range c.families {
		m := &c.families[i]
		m.desc = prometheus.NewDesc(metricPrefix+m.name, m.help, m.labels, nil)
	}
	c.duration = prometheus.NewDesc(metricPrefix+durationName, durationHelp, []string{"command"}, nil)
	return c
}

// Describe implements [prometheus.Collector].
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for i := range c.families {
		ch <- c.families[i].desc
	}
	ch <- c.duration
}

// Collect implements [prometheus.Collector].
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	f := &figures{c.server.figures.get(0), c.server.unready(0)}
	var all *sums
	var shown []prefixFigures
	if !f.Loading.GoesOn {
		all, shown = c.server.prefixSums()
	}
	for i := range c.families {
		m := &c.families[i]
		emit := func(value float64, labels ...string) {
			ch <- prometheus.MustNewConstMetric(m.desc, m.kind, value, labels...)
		}
		switch {
		case m.figures != nil:
			m.figures(f, emit)
		case m.sums != nil && all != nil:
			m.sums(all, emit)
		case m.prefixes != nil:
			for i := range shown {
				m.prefixes(&shown[i], emit)
			}
		}
	}
	for i := range f.Commands {
		if command := &f.Commands[i]; command.Latency.Total > 0 {
			ch <- durations(c.duration, command)
		}
	}
}
