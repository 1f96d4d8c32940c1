//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench-peers: this program runs on Linux only: it reads server CPU time and loads with epoll")
	os.Exit(1)
}
