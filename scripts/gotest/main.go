// Gotest runs "go test" and says what it waits for: a line for each package
// that is done and each test that took long, and every ten seconds what runs.
// What tests print is shown of those that fail, and at the very end why.
//
//	go run ./scripts/gotest NAME [arguments of go test]
//
// NAME begins each line, as several runs may go on at the same time. The exit
// code is that of go test.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// quiet is how long nothing may be said.
const quiet = 10 * time.Second

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: gotest NAME [arguments of go test]")
		os.Exit(2)
	}
	code, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run returns the exit code of go test. An error is that of running it at all.
func run(name string, args []string) (int, error) {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	lines := make(chan []byte)
	broken := make(chan error, 1)
	go func() { // ends with go test
		broken <- readLines(out, lines)
		close(lines)
	}()
	report := newReport(os.Stdout, name, time.Now)
	silence := time.NewTicker(quiet)
	defer silence.Stop()
	for open := true; open; {
		var line []byte
		select {
		case line, open = <-lines:
			if open && report.line(line) {
				silence.Reset(quiet)
			}
		case <-silence.C:
			report.waiting()
		}
	}
	report.end()
	err = cmd.Wait()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, errors.Join(err, <-broken)
}

func readLines(in io.Reader, lines chan<- []byte) error {
	for r := bufio.NewReader(in); ; {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 {
			lines <- line
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// event is a line of go test -json: see "go doc test2json".
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64 // seconds
	Output  string
}

func parseEvent(line []byte) (event, bool) {
	var e event
	err := json.Unmarshal(line, &e)
	return e, err == nil && e.Action != ""
}
