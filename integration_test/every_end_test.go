package integration_test

import "testing"

// tryEveryEnd lets all end that there is, beside the neighbour: who holds much, who keeps
// much, who are many, and at last all prefixes.
func (w *worst) tryEveryEnd(t *testing.T, table *latencyTable) {
	t.Helper()
	try := func(name string, end func(), over func() bool) {
		t.Helper()
		row := table.row(name)
		w.neighbour.lap(t)
		end()
		eventually(t, name, over)
		row.beside("itself", w.neighbour.lap(t))
		if held := row.loop(t, w.operator); held != "" {
			t.Errorf("%s held up the event loop: %s\n%s", name, held, w.heldUp())
		}
	}
	if w.held > 0 {
		try("(holder ends)", w.holder.close, func() bool {
			return w.operator.mustReply(t, "PT.INFO", "tenant:9:").field(t, "deleter").text == "free"
		})
		try("(keeper of replies ends)", w.keeper.close, func() bool {
			return infoOf(t, w.operator, "stats", "tracking_total_keys") == 0
		})
	}
	connected := func() int64 { return infoOf(t, w.operator, "clients", "connected_clients") }
	const rest = 5 // the operator, the neighbour, and who has made all this
	try("(all clients end)", func() {
		for _, c := range w.idle {
			c.Close()
		}
	}, func() bool { return connected() <= rest })
	try("(as many come)", func() { w.idle = fill(t, w.server.addr, w.clients) }, func() bool { return connected() >= int64(w.clients) })
	for _, name := range []string{"flushdb", "flushall"} {
		try(name, func() { w.send(t, []string{name}) }, func() bool { return w.operator.mustReply(t, "DBSIZE").text == "0" })
		if name == "flushdb" {
			tenants := connect(t, w.server.addr)
			if err := createTenants(tenants, w.tenants/10); err != nil {
				t.Fatal(err)
			}
		}
	}
}
