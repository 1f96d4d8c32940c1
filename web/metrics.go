package web

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// metric is a family of metrics, told once: what a scrape shows and the documents' table
// follow from it.
type metric struct {
	name   string // behind [metricPrefix]
	help   string
	kind   dto.MetricType
	labels []string
	// The one of these that is there says what it reads: the figures, the sums over all
	// prefixes, or each prefix or shared cursor that has metrics of its own, or what is known
	// of the syncs of a prefix.
	figures  func(f *figures, emit emit)
	sums     func(s *sums, emit emit)
	prefixes func(p *prefixFigures) (value float64, ok bool)
	cursors  func(c *tracker.CursorInfo, emit emit)
	syncs    func(jobs []observe.SyncJob) (value float64, ok bool) // of a prefix
	// durations is for the one that is no number.
	durations func(c *observe.Command) *dto.Histogram
}

// emit tells a value and the values of its labels.
type emit func(value float64, labels ...string)

const (
	metricPrefix = "prefixtracker_"

	counter = dto.MetricType_COUNTER
	gauge   = dto.MetricType_GAUGE
)

// mostScrapes is how many are under way at once.
const mostScrapes = 4

// pieceOfScrape is how much of its text is kept until it is sent.
const pieceOfScrape = 1 << 20

// metrics answers with all numbers as Prometheus reads them. What that takes while it is
// made, megabytes, is there once; who reads slowly holds a piece of the text alone. Where
// names are so long that there are more pieces, others wait until he has had them.
func (s *Server) metrics() http.Handler {
	runtime := prometheus.NewRegistry()
	runtime.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	made := promhttp.HandlerFor(gatherer{s, families(), runtime}, promhttp.HandlerOpts{
		DisableCompression: true,
		ErrorHandling:      promhttp.ContinueOnError, // all that can be told is told
	})
	turn, places := newTurn(), make(chan struct{}, mostScrapes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			line(w, http.StatusServiceUnavailable, "others read the metrics\n")
			return
		}
		if turn.take(r.Context()) != nil {
			return // nobody hears
		}
		text := collected{ResponseWriter: w}
		func() {
			defer turn.give() // also if it panics
			made.ServeHTTP(&text, r)
		}()
		_ = text.send() // who has gone does not read it
	})
}

// collected is an answer whose last piece is not sent yet.
type collected struct {
	http.ResponseWriter
	piece bytes.Buffer
}

func (c *collected) Write(p []byte) (int, error) {
	if c.piece.Len()+len(p) > pieceOfScrape {
		if err := c.send(); err != nil {
			return 0, err
		}
	}
	return c.piece.Write(p)
}

func (c *collected) send() error {
	_, err := c.ResponseWriter.Write(c.piece.Bytes())
	c.piece.Reset()
	return err
}

// gatherer reads all families for a scrape. What a registry of the library's would do
// besides — make each metric, look whether it is there twice, put all in order — takes
// longer than the rest for a thousand prefixes, and is true of these anyway.
type gatherer struct {
	server   *Server
	families []metric
	runtime  prometheus.Gatherer
}

// Gather implements [prometheus.Gatherer].
func (g gatherer) Gather() ([]*dto.MetricFamily, error) {
	read := g.server.figures.get(0)
	from := source{figures: figures{read, g.server.unready(read)}}
	from.syncs = syncsOfPrefixes(read.Sync.Jobs, g.server.options.Prefixes)
	if !g.server.options.Loading() {
		from.readPrefixes(g.server)
	}
	all, err := g.runtime.Gather()
	for i := range g.families {
		if samples := from.samples(&g.families[i]); len(samples) > 0 {
			name := metricPrefix + g.families[i].name
			all = append(all, &dto.MetricFamily{Name: &name, Help: &g.families[i].help, Type: &g.families[i].kind, Metric: samples})
		}
	}
	slices.SortFunc(all, func(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return all, err
}

// source is what a scrape reads.
type source struct {
	figures  figures
	sums     *sums // nil while there are none
	prefixes []prefixFigures
	labels   [][]*dto.LabelPair // of the prefixes
	cursors  []tracker.CursorInfo
	syncs    []prefixSyncs
}

// samples are the metrics of a family.
func (s *source) samples(m *metric) (samples []*dto.Metric) {
	emit := func(value float64, labels ...string) {
		samples = append(samples, sample(m, value, pairs(m, labels...)))
	}
	switch {
	case m.figures != nil:
		m.figures(&s.figures, emit)
	case m.sums != nil && s.sums != nil:
		m.sums(s.sums, emit)
	case m.prefixes != nil:
		samples = make([]*dto.Metric, 0, len(s.prefixes))
		for i := range s.prefixes {
			if value, ok := m.prefixes(&s.prefixes[i]); ok {
				samples = append(samples, sample(m, value, s.labels[i]))
			}
		}
	case m.cursors != nil:
		for i := range s.cursors {
			m.cursors(&s.cursors[i], emit)
		}
	case m.syncs != nil:
		for i := range s.syncs {
			if value, ok := m.syncs(s.syncs[i].jobs); ok {
				emit(value, s.syncs[i].name)
			}
		}
	case m.durations != nil:
		for i := range s.figures.Commands {
			if c := &s.figures.Commands[i]; c.Latency.Total > 0 {
				samples = append(samples, &dto.Metric{Label: pairs(m, c.Name), Histogram: m.durations(c)})
			}
		}
	}
	return samples
}

func sample(m *metric, value float64, labels []*dto.LabelPair) *dto.Metric {
	if m.kind == counter {
		return &dto.Metric{Label: labels, Counter: &dto.Counter{Value: &value}}
	}
	return &dto.Metric{Label: labels, Gauge: &dto.Gauge{Value: &value}}
}

func pairs(m *metric, values ...string) []*dto.LabelPair {
	list := make([]*dto.LabelPair, len(values))
	for i := range values {
		list[i] = &dto.LabelPair{Name: &m.labels[i], Value: &values[i]}
	}
	return list
}
