package remote

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
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
	words := []any{"START", q.Prefix, "MODE", strings.ToUpper(q.Mode)}
	if q.From != "" {
		words = append(words, "FROM", q.From)
	}
	if q.DryRun {
		words = append(words, "DRYRUN")
	}
	if q.Settle > 0 {
		words = append(words, "SETTLE", strconv.FormatInt(q.Settle.Milliseconds(), 10))
	}
	return c.askNumber(ctx, "PT.SYNC", words...)
}

// StopSync ends a job and tells whether it was under way. It does not wait for the end.
func (c *Client) StopSync(ctx context.Context, id uint64) (bool, error) {
	n, err := c.askNumber(ctx, "PT.SYNC", "STOP", digits(id))
	return n == 1, err
}

// SyncStatus returns a job, as far as it has come.
func (c *Client) SyncStatus(ctx context.Context, id uint64) (SyncJob, error) {
	var job SyncJob
	fields, err := c.askFields(ctx, "PT.SYNC", "STATUS", digits(id))
	if err == nil {
		err = c.about("PT.SYNC STATUS", job.fill(fields))
	}
	return job, err
}

// SyncJobs returns the last jobs, the newest first.
func (c *Client) SyncJobs(ctx context.Context) ([]SyncJob, error) {
	const command = "PT.SYNC STATUS"
	reply, err := c.Do(ctx, "PT.SYNC", "STATUS")
	if err != nil {
		return nil, err
	}
	list, err := redis.Values(reply, nil)
	jobs := make([]SyncJob, len(list))
	for i := 0; i < len(list) && err == nil; i++ {
		var fields map[string]any
		if fields, err = named(list[i]); err == nil {
			err = jobs[i].fill(fields)
		}
	}
	return jobs, c.about(command, err)
}

// fill takes what is there: servers of other versions say less, or more.
func (j *SyncJob) fill(fields map[string]any) error {
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
			*field, err = redis.Uint64(said, nil)
		case *string:
			*field, err = redis.String(said, nil)
		case *[]string:
			*field, err = redis.Strings(said, nil)
		case *bool:
			*field, err = redis.Bool(said, nil)
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
	text, err := redis.String(reply, nil)
	if err != nil {
		return "", c.about("INFO", err)
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
	fields, err := c.askFields(ctx, "CONFIG", "GET", name)
	if err != nil || fields[name] == nil {
		return "", err
	}
	said, err := redis.String(fields[name], nil)
	return said, c.about("CONFIG GET", err)
}
