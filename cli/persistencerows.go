package cli

import (
	"math"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// persistence is what the settings say about what is kept.
type persistence struct {
	dir         string
	appendOnly  bool // no: nothing is kept
	policy      journal.Policy
	growth      journal.Growth
	takeTorn    bool
	saves       savePoints
	backup      string // the file's name
	restoreSkip uint64
	create      bool // prefixes that are missing
}

// persistenceRows are the settings of what is kept. Most have Redis's names.
func persistenceRows() []row {
	percent := number[int64]("percent", 0, math.MaxInt32)
	size := byteSize[int64](0, math.MaxInt64)
	policyOf := func(p *persistence) *journal.Policy { return &p.policy }
	percentOf := func(p *persistence) *int64 { return &p.growth.Percent }
	leastOf := func(p *persistence) *int64 { return &p.growth.Least }
	rateOf := func(p *persistence) *int64 { return &p.growth.Rate }
	savesOf := func(p *persistence) *savePoints { return &p.saves }
	return []row{{
		flag: "dir", byDefaultText: "$STATE_DIRECTORY, which systemd sets; /data, if it is there in a container; or ./prefixtracker-data",
		usage: "where the data lie; the directory is made if it is missing",
		value: kept(word("PATH", "the path of a directory"), func(p *persistence) *string { return &p.dir }),
		redis: shown("dir", func(c *config) string { return c.kept.dir }),
	}, {
		flag: "appendonly", byDefault: writeYesNo(true),
		usage: "keep all changes in a log in --dir; no is memory only",
		value: kept(yesNo(), func(p *persistence) *bool { return &p.appendOnly }),
		redis: shown("appendonly", func(c *config) string { return writeYesNo(c.kept.appendOnly) }),
	}, {
		flag: "appendfsync", byDefault: policies[journal.EverySec],
		usage: "when the log is forced to the disk: before each reply, once a second, or when the system does",
		value: kept(policy(), policyOf),
		redis: changeableKept("appendfsync", policy(), policyOf),
	}, {
		flag: "auto-aof-rewrite-percentage", byDefault: percent.write(journal.DefaultGrowth.Percent),
		usage: "the log is replaced by the state when it is so long beside the last one, in percent; 0 is never",
		value: kept(percent, percentOf),
		redis: changeableKept("auto-aof-rewrite-percentage", oneWay(percent), percentOf),
	}, {
		flag: "auto-aof-rewrite-min-size", byDefault: size.write(journal.DefaultGrowth.Least),
		usage: "but not before it is so long",
		value: kept(size, leastOf),
		redis: changeableKept("auto-aof-rewrite-min-size", plainByteSize[int64](), leastOf),
	}, {
		flag: "aof-rewrite-rate", byDefault: size.write(journal.DefaultGrowth.Rate),
		usage: "bytes per second that this, and a backup, may write beside the log; 0 is without limit",
		value: kept(size, rateOf),
		redis: changeableKept("aof-rewrite-rate", plainByteSize[int64](), rateOf),
	}, {
		flag: "aof-load-truncated", byDefault: writeYesNo(true),
		usage: "start without the end of the log that a power cut has kept from the disk; no is to refuse",
		value: kept(yesNo(), func(p *persistence) *bool { return &p.takeTorn }),
		redis: shown("aof-load-truncated", func(c *config) string { return writeYesNo(c.kept.takeTorn) }),
	}, {
		flag: "save", byDefaultText: "none",
		usage: "write a backup after so many seconds if there were so many changes, such as \"3600 1 300 100\"",
		value: kept(savings(), savesOf),
		redis: changeableKept("save", savings(), savesOf),
	}, {
		flag: "dbfilename", byDefault: "dump.pt",
		usage: "the file in --dir that is the backup; one that lies there alone is restored",
		value: kept(backupName(), func(p *persistence) *string { return &p.backup }),
		redis: shown("dbfilename", func(c *config) string { return c.kept.backup }),
	}, {
		flag: "restore-skip", byDefault: "0",
		usage: "when a backup is restored, so many free IDs of each prefix count as handed out since",
		value: kept(number[uint64]("", 0, tracker.Limit), func(p *persistence) *uint64 { return &p.restoreSkip }),
	}, {
		flag: "create-prefixes", byDefault: writeYesNo(true),
		usage: "make a prefix when it is missing and IDs are added; no leaves that to PT.CREATE",
		value: kept(yesNo(), func(p *persistence) *bool { return &p.create }),
		redis: shown("create-prefixes", func(c *config) string { return writeYesNo(c.kept.create) }),
	}}
}

// kept is the place of values of that kind in what is kept.
func kept[T any](k kind[T], field func(*persistence) *T) place {
	return in(k, func(c *config) *T { return field(&c.kept) })
}

// changeableKept is what CONFIG shows and changes of it.
func changeableKept[T any](name string, k kind[T], field func(*persistence) *T) redisSetting {
	return changeable(name, k,
		func(r *running) T { now := r.keeper.settings(); return *field(&now) },
		func(r *running, v T) { r.keeper.change(func(p *persistence) { *field(p) = v }) })
}
