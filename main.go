// Prefixtracker is a sidecar for load generators and workers: over the Redis
// protocol it tells which integer IDs exist under each key prefix, hands out
// the next free one to exactly one caller, and iterates over what exists.
package main

import (
	"os"

	"github.com/prefixtracker/prefixtracker/cli"
)

func main() { os.Exit(cli.Main(os.Args)) }
