package commands

// has tells whether the client is one of those whom a says.
func (c *session) has(a Access) bool {
	switch a {
	case AccessYes:
		return true
	case AccessLocal:
		return c.IsLocal()
	case AccessAuto:
		return c.IsLocal() || c.Server.HasPassword() // without a server all are local
	default:
		return false
	}
}
