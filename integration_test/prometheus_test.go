package integration_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dashboard is what Grafana reads, as far as it can be wrong.
type dashboard struct {
	Panels []struct {
		ID      int
		Type    string
		Title   string
		GridPos struct{ H, W, X, Y int }
		Targets []struct{ Expr, LegendFormat string }
	}
	Annotations struct{ List []struct{ Expr string } }
}

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile("../deploy/grafana/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// expressions are all that the dashboard asks, by who asks, with its variables filled in.
func (d dashboard) expressions() map[string][]string {
	filled := strings.NewReplacer("$__rate_interval", "5s", "$instance", ".*", "$prefix", ".*", "[5m]", "[5s]", "[1m]", "[5s]")
	all := make(map[string][]string)
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			all[p.Title] = append(all[p.Title], filled.Replace(target.Expr))
		}
	}
	for _, a := range d.Annotations.List {
		all["annotations"] = append(all["annotations"], filled.Replace(a.Expr))
	}
	return all
}

func TestDashboard_PanelsAreWhole(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	panels := readDashboard(t).Panels
	seen := make(map[int]bool)
	for i, p := range panels {
		if seen[p.ID] || p.ID == 0 || p.Title == "" {
			t.Errorf("panel %d, %q: another has its number, or it has no title", p.ID, p.Title)
		}
		seen[p.ID] = true
		if (p.Type == "row") != (len(p.Targets) == 0) {
			t.Errorf("%q, a %s, has %d targets", p.Title, p.Type, len(p.Targets))
		}
		for _, q := range panels[:i] {
			a, b := p.GridPos, q.GridPos
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H || a.X+a.W > 24 {
				t.Errorf("%q lies over %q, or beyond the right edge", p.Title, q.Title)
			}
		}
	}
}

// TestAlerts asks each rule's own test: promtool plays series to all rules. Each alert must be seen
// to fire there, and in the same test not to.
func TestAlerts(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "promtool", "prometheus")
	if output, code := run(t, "promtool", "check", "config", "../deploy/prometheus/prometheus.yml"); code != 0 {
		t.Errorf("promtool check config:\n%s", output)
	}
	if output, code := run(t, "promtool", "test", "rules", "../deploy/prometheus/alerts_test.yml"); code != 0 {
		t.Errorf("promtool test rules:\n%s", output)
	}
	rules, err := os.ReadFile("../deploy/prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile("../deploy/prometheus/alerts_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/install.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`- alert: (\S+)\n(?s:.*?)severity: (\w+)`).FindAllStringSubmatch(string(rules), -1)
	if len(names) == 0 || len(names) != strings.Count(string(rules), "alert:") {
		t.Errorf("%d alerts have a severity", len(names))
	}
	for _, name := range names {
		if !strings.Contains(string(page), "| `"+name[1]+"` | "+name[2]+" |") {
			t.Errorf("docs/install.md does not say what %s, %s, is", name[1], name[2])
		}
		if !slices.ContainsFunc(strings.Split(string(tests), "\n  - name: "), func(test string) bool {
			return strings.Contains(test, `{labels: 'ALERTS{alertname="`+name[1]+`", alertstate="firing"`) && strings.Contains(test, "exp_samples: []")
		}) {
			t.Errorf("no test sees %s fire, and not fire", name[1])
		}
	}
}

// Nothing to show is right for these while all is well.
var mayBeEmpty = map[string]string{
	"Refusals":          "> 0", // only commands that were refused
	"IDs":               "prefixtracker_other_prefixes",
	"In flight":         "prefixtracker_other_prefixes",
	"Leases":            "prefixtracker_other_prefixes",
	"Stalls and panics": "prefixtracker_loop_stalls_total", // not there before the first
	"annotations":       "changes",
}

// TestDashboard_HasSomethingToShow: a real Prometheus with deploy's configuration reads a server with a
// password, and every expression of every panel finds something.
func TestDashboard_HasSomethingToShow(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "prometheus", "prometheus")
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := startServer(t, "--http-addr", "127.0.0.1:0", "--requirepass-file", password)
	target := httpAddr(t, server.process)
	c := connect(t, server.addr)
	c.mustDo(t, "AUTH secret", simple("OK"))
	c.mustDo(t, "PT.CREATE vec: MAXID 1000000000", simple("OK"))
	c.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 10 LEASE 3600000")...)
	c.mustDo(t, "PT.CURSOR OPEN pass vec: SET RANGE 0 1000", simple("OK"))
	c.mustReply(t, "PT.SYNC", "START", "vec:", "FROM", "redis://"+startRedis(t).addr, "MODE", "VERIFY", "SETTLE", "1")
	prometheus := startPrometheus(t, target, password)

	ask := func(expr string) (results int, failure string) {
		var reply struct {
			Error string
			Data  struct{ Result []any }
		}
		response, err := http.Get(prometheus + "/api/v1/query?query=" + url.QueryEscape(expr))
		if err != nil {
			return 0, err.Error()
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(&reply); err != nil {
			return 0, err.Error()
		}
		return len(reply.Data.Result), reply.Error
	}
	eventually(t, "the server is up for Prometheus", func() bool {
		results, _ := ask(`up{job="prefixtracker"} == 1`)
		return results == 1
	})
	asked := ""
	for title, expressions := range readDashboard(t).expressions() {
		for _, expr := range expressions {
			asked += expr + "\n"
			eventually(t, title+" shows "+expr, func() bool {
				c.mustReply(t, "PT.CLAIMNEXT", "vec:")
				c.mustReply(t, "PT.EXISTS", "vec:", "0")
				results, failure := ask(expr)
				if failure != "" {
					t.Fatalf("%s: %s: %s", title, expr, failure)
				}
				may, empty := mayBeEmpty[title]
				return results > 0 || empty && strings.Contains(expr, may)
			})
		}
	}
	// What is empty, and what the rules ask for, must be a name all the same.
	documented, err := os.ReadFile("../docs/observing.md")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := os.ReadFile("../deploy/prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`\b(?:prefixtracker|process)_[a-z_]+`).FindAllString(asked+string(rules), -1)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if results, _ := ask("count(" + name + ")"); results == 0 && !strings.Contains(string(documented), "`"+strings.TrimPrefix(name, "prefixtracker_")+"`") {
			t.Errorf("%s is neither exported nor documented", name)
		}
	}
}

// startPrometheus runs Prometheus with deploy's configuration, but for this target, this password, and
// a shorter time between two scrapes, and returns its address.
func startPrometheus(t *testing.T, target, password string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"prometheus.yml", "alerts.yml"} {
		text, err := os.ReadFile(filepath.Join("../deploy/prometheus", name))
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.NewReplacer("prefixtracker:7172", target, "/run/secrets/password", password, ": 15s", ": 1s").Replace(string(text))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 { // another process may take the port before
		addr := net.JoinHostPort("127.0.0.1", freePort(t))
		p := startProcess(t, exec.Command("prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"),
			"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+addr))
		eventually(t, "Prometheus answers", func() bool {
			response, err := http.Get("http://" + addr + "/-/ready")
			if err != nil {
				return p.hasExited()
			}
			response.Body.Close()
			return response.StatusCode == http.StatusOK || p.hasExited()
		})
		if !p.hasExited() {
			return "http://" + addr
		}
	}
	t.Fatal("Prometheus does not start")
	return ""
}
