package probe

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Ping returns nil if the server answers. Who ends those that do not must not end one that
// still reads its data, and says so.
func (s Server) Ping(ctx context.Context) error {
	_, err := s.reply(ctx, "PING")
	if no := refusal(""); errors.As(err, &no) && strings.HasPrefix(string(no), "LOADING ") {
		return nil
	}
	return err
}

// Ready returns nil if the server answers, has read what was kept and what it is to have
// from a store before it is used, and takes changes; else why not.
func (s Server) Ready(ctx context.Context) error {
	text, err := s.reply(ctx, "INFO", "persistence", "sync")
	if err != nil {
		return err
	}
	info := make(map[string]string)
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		info[name] = value
	}
	switch {
	case info["loading"] == "1":
		return fmt.Errorf("loading: %s %% of %s", printable(info["loading_loaded_perc"]), bytes(info["loading_total_bytes"]))
	case info["aof_last_write_status"] == "err":
		return fmt.Errorf("refusing changes: %s", printable(info["aof_last_error"]))
	case info["sync_waiting"] == "1":
		return errors.New(printable(info["sync_waiting_for"]))
	case info["loading"] != "0":
		return errors.New(s.Address + ": its INFO does not say whether it is ready")
	}
	return nil
}

// reply asks one thing.
func (s Server) reply(ctx context.Context, words ...string) (string, error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	c, err := s.connect(ctx)
	if err == nil {
		var text string
		if text, err = c.ask(words...); err == nil {
			return text, nil
		}
	}
	return "", s.why(ctx, err)
}

// bytes is a number of bytes for people.
func bytes(text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "?"
	}
	unit := 0
	for ; n >= 1000 && unit < 4; unit++ {
		n /= 1000
	}
	return fmt.Sprintf("%.*f %s", min(unit, 1), n, []string{"bytes", "kB", "MB", "GB", "TB"}[unit])
}
