package remote

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// SyncRequest is what PT.SYNC START is to do.
type SyncRequest struct {
	Prefix string
	From   string // the store's URL, "" for the server's own
	Mode   string // load, verify or repair
	DryRun bool
	Settle time.Duration // 0: as the server says
}

// SyncJob is what PT.SYNC STATUS says of a job, by the names that it says it by.
type SyncJob struct {
	ID             uint64   `json:"id"`
	Prefix         string   `json:"prefix"`
	Store          string   `json:"store"`
	Mode           string   `json:"mode"`
	DryRun         bool     `json:"dry_run"`
	State          string   `json:"state"`
	Phase          string   `json:"phase"`
	ElapsedMS      uint64   `json:"elapsed_ms"`
	Size           uint64   `json:"size"`
	Visited        uint64   `json:"visited"`
	Scanned        uint64   `json:"scanned"`
	Found          uint64   `json:"found"`
	Unparsable     uint64   `json:"unparsable"`
	OutOfRange     uint64   `json:"out_of_range"`
	Added          uint64   `json:"added"`
	Stale          uint64   `json:"stale"`
	Missing        uint64   `json:"missing"`
	Changing       uint64   `json:"changing"`
	Repaired       uint64   `json:"repaired"`
	Left           uint64   `json:"left"`
	Unknown        string   `json:"unknown"`
	Error          string   `json:"error"`
	UnparsableKeys []string `json:"unparsable_keys"`
	StaleKeys      []string `json:"stale_keys"`
	MissingKeys    []string `json:"missing_keys"`
}

// Running tells whether it still goes on.
func (j *SyncJob) Running() bool { return j.State == "running" }

// StartSync begins a job and returns its number.
func (c *Client) StartSync(ctx context.Context, q SyncRequest) (id uint64, err error) {
	words := []string{"PT.SYNC", "START", q.Prefix, "MODE", strings.ToUpper(q.Mode)}
	if q.From != "" {
		words = append(words, "FROM", q.From)
	}
	if q.DryRun {
		words = append(words, "DRYRUN")
	}
	if q.Settle > 0 {
		words = append(words, "SETTLE", strconv.FormatInt(q.Settle.Milliseconds(), 10))
	}
	return c.askNumber(ctx, words...)
}

// StopSync ends a job and tells whether it was under way. It does not wait for the end.
func (c *Client) StopSync(ctx context.Context, id uint64) (bool, error) {
	n, err := c.askNumber(ctx, "PT.SYNC", "STOP", strconv.FormatUint(id, 10))
	return n == 1, err
}

// SyncStatus returns a job, as far as it has come.
func (c *Client) SyncStatus(ctx context.Context, id uint64) (SyncJob, error) {
	var job SyncJob
	reply, err := c.Do(ctx, "PT.SYNC", "STATUS", strconv.FormatUint(id, 10))
	if err != nil {
		return job, err
	}
	fields, err := reply.AsMap()
	if err == nil {
		err = job.fill(fields)
	}
	if err != nil {
		err = fmt.Errorf("%s: PT.SYNC STATUS: %w", c.address, err)
	}
	return job, err
}

// fill takes what is there: servers of other versions say less, or more.
func (j *SyncJob) fill(fields map[string]rueidis.RedisMessage) error {
	to := reflect.ValueOf(j).Elem()
	for i := range to.NumField() {
		name := to.Type().Field(i).Tag.Get("json")
		said, ok := fields[name]
		if !ok {
			continue
		}
		var err error
		switch field := to.Field(i).Addr().Interface().(type) {
		case *uint64:
			*field, err = said.AsUint64()
		case *string:
			*field, err = said.ToString()
		case *[]string:
			*field, err = said.AsStrSlice()
		case *bool:
			*field, err = said.AsBool()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// RunID is other for each start of the server.
func (c *Client) RunID(ctx context.Context) (string, error) {
	reply, err := c.Do(ctx, "INFO", "server")
	if err != nil {
		return "", err
	}
	text, err := reply.ToString()
	if err != nil {
		return "", fmt.Errorf("%s: INFO: %w", c.address, err)
	}
	for line := range strings.Lines(text) {
		if id, ok := strings.CutPrefix(line, "run_id:"); ok {
			return strings.TrimSpace(id), nil
		}
	}
	return "", nil
}

// Setting is what CONFIG GET says of a setting, "" for nothing.
func (c *Client) Setting(ctx context.Context, name string) (string, error) {
	reply, err := c.Do(ctx, "CONFIG", "GET", name)
	if err != nil {
		return "", err
	}
	said, err := reply.AsStrMap()
	if err != nil {
		return "", fmt.Errorf("%s: CONFIG GET: %w", c.address, err)
	}
	return said[name], nil
}

func (c *Client) askNumber(ctx context.Context, words ...string) (uint64, error) {
	reply, err := c.Do(ctx, words...)
	if err != nil {
		return 0, err
	}
	n, err := reply.AsUint64()
	if err != nil {
		err = fmt.Errorf("%s: %s %s: %w", c.address, words[0], words[1], err)
	}
	return n, err
}
