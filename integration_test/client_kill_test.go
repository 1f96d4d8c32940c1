package integration_test

import "testing"

// TestClientKill_EmptyAddressIsNobodys: to say an empty address is not to say none. A script whose
// variable is empty must not end all connections.
func TestClientKill_EmptyAddressIsNobodys(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	bystander, operator := connect(t, s.addr), connect(t, s.addr)
	bystander.mustDo(t, "PING", pingedOnce)
	for _, test := range []struct {
		command []string
		want    string
	}{
		{[]string{"CLIENT", "KILL", ""}, failure("ERR No such client")},
		{[]string{"CLIENT", "KILL", "ADDR", ""}, integer(0)},
		{[]string{"CLIENT", "KILL", "LADDR", ""}, integer(0)},
		{[]string{"CLIENT", "KILL", "ADDR", "", "LADDR", s.addr}, integer(0)},
		{[]string{"CLIENT", "KILL", "LADDR", "", "SKIPME", "no"}, integer(0)},
		{[]string{"CLIENT", "KILL", "TYPE", "normal", "ADDR", ""}, integer(0)},
	} {
		operator.mustDoArgs(t, test.command, test.want)
		bystander.mustDo(t, "PING", pingedOnce)
	}
	operator.mustDoArgs(t, []string{"CLIENT", "KILL", "ADDR", bystander.conn.LocalAddr().String(), "LADDR", s.addr}, integer(1))
	mustEnd(t, bystander)
}
