package commands

// Groups of commands. What the commands of one share stands in the file of its
// name.
const (
	groupRegistry     = "registry"
	groupIDs          = "ids"
	groupHandOut      = "hand-out"
	groupIteration    = "iteration"
	groupSync         = "sync"
	groupConnection   = "connection"
	groupServer       = "server"
	groupKeyspace     = "generic"
	groupTransactions = "transactions"
	groupSet          = "set"
	groupBitmap       = "bitmap"
)
