package commands

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// Texts that many commands share.
const (
	wireBadID     = "-ERR invalid id: must be an integer from 0 to 281474976710655"
	wireBadRange  = "-ERR invalid range: must be two integers from 0 to 281474976710656"
	wireBadPrefix = "-ERR invalid prefix: must be 1 to 512 bytes"
	wireSyntax    = "-ERR syntax error"
	wireNumber    = "-ERR value is not an integer or out of range"
	wireNegative  = "-ERR value is out of range, must be positive"
	wireKeysRuns  = "-ERR syntax error, KEYS not supported in combination with RUNS"
	wireUnbounded = "-ERR unbounded prefix: give RANGE"
	wireNoPrefix  = "-ERR no such prefix"
	wireCursor    = "-ERR invalid cursor"
	wireTotal     = "-ERR invalid total: must be an integer from 1 to 65536"
	wireIndex     = "-ERR index out of range"
)

func wireArity(name string) string {
	return "-ERR wrong number of arguments for '" + name + "' command"
}

// ptTranscript is all of the PT commands, each with its replies and then its errors, as one connection
// has them. NULL stands for the protocol's null, MAP12 for the header of a map of twelve.
var ptTranscript = []string{
	"PT.CREATE vec: MAXID 1000 TAG abc => +OK", "pt.create doc: width 0 => +OK", "PT.CREATE far: MAXID 281474976710656 WIDTH 32 => +OK",
	"PT.CREATE vec: => -ERR prefix already exists", "PT.CREATE x: MAXID 0 => -ERR invalid maxid: must be an integer from 1 to 281474976710656",
	"PT.CREATE x: WIDTH 33 => -ERR invalid width: must be an integer from 0 to 32", "PT.CREATE x: TAG a}b => -ERR invalid tag: must be 1 to 128 bytes without '{' or '}'",
	"PT.CREATE x: MAXID => " + wireSyntax, "PT.CREATE x: BOGUS 1 => " + wireSyntax, "PT.CREATE x: WIDTH 1 WIDTH 1 => " + wireSyntax,
	"PT.CREATE '' => " + wireBadPrefix, "PT.CREATE => " + wireArity("pt.create"),

	"PT.LIST => *3 $4 doc: $4 far: $4 vec:", "PT.LIST MATCH [dv]* => *2 $4 doc: $4 vec:", "PT.LIST MATCH z => *0",
	"PT.LIST MATCH => " + wireSyntax, "PT.LIST BOGUS x => " + wireSyntax, "PT.LIST MATCH a b => " + wireSyntax,

	"PT.DROP far: none: far: => :1", "PT.DROP none: => :0", "PT.DROP '' => " + wireBadPrefix, "PT.DROP doc: '' => " + wireBadPrefix, "PT.DROP => " + wireArity("pt.drop"),

	"PT.ADD vec: 1 2 000000000002 1000 => :2", "PT.ADD vec: x => " + wireBadID, "PT.ADD vec: 7 -1 => " + wireBadID, "PT.ADD vec: 281474976710656 => " + wireBadID,
	"PT.ADD '' 1 => " + wireBadPrefix, "PT.ADD vec: => " + wireArity("pt.add"),
	"PT.EXISTS vec: 2 => :1", "PT.EXISTS vec: 7 => :0", "PT.EXISTS none: 1 => :0", "PT.EXISTS vec: 1.5 => " + wireBadID, "PT.EXISTS '' 1 => " + wireBadPrefix, "PT.EXISTS vec: 1 2 => " + wireArity("pt.exists"),
	"PT.MEXISTS vec: 2 7 1 => *3 :1 :0 :1", "PT.MEXISTS none: 1 => *1 :0", "PT.MEXISTS vec: 1 +1 => " + wireBadID, "PT.MEXISTS '' 1 => " + wireBadPrefix, "PT.MEXISTS vec: => " + wireArity("pt.mexists"),
	"PT.REM vec: 2 2 9 => :1", "PT.REM none: 1 => :0", "PT.REM vec: 1 x => " + wireBadID, "PT.REM '' 1 => " + wireBadPrefix, "PT.REM vec: => " + wireArity("pt.rem"),
	"PT.CLAIM vec: 5 => :1", "PT.CLAIM vec: 5 => :0", "PT.CLAIM vec: 1000 => :0", "PT.CLAIM vec: '' => " + wireBadID, "PT.CLAIM '' 1 => " + wireBadPrefix, "PT.CLAIM vec: => " + wireArity("pt.claim"),
	"PT.MCLAIM vec: 5 6 6 => *3 :0 :1 :0", "PT.MCLAIM vec: 7 x => " + wireBadID, "PT.MCLAIM '' 1 => " + wireBadPrefix, "PT.MCLAIM vec: => " + wireArity("pt.mclaim"),
	"PT.ADDRANGE vec: 5 9 => :2", "PT.ADDRANGE vec: 9 5 => :0", "PT.ADDRANGE vec: 0 x => " + wireBadRange, "PT.ADDRANGE '' 0 1 => " + wireBadPrefix, "PT.ADDRANGE vec: 1 => " + wireArity("pt.addrange"),
	"PT.REMRANGE vec: 7 9 => :2", "PT.REMRANGE vec: 0 281474976710657 => " + wireBadRange, "PT.REMRANGE '' 0 1 => " + wireBadPrefix, "PT.REMRANGE vec: => " + wireArity("pt.remrange"),
	"PT.COUNT vec: => :3", "PT.COUNT vec: UNSET => :997", "PT.COUNT vec: range 0 6 set => :2", "PT.COUNT none: => :0",
	"PT.COUNT doc: UNSET => " + wireUnbounded, "PT.COUNT vec: ALL => " + wireSyntax, "PT.COUNT vec: SET UNSET => " + wireSyntax, "PT.COUNT vec: RANGE 1 => " + wireSyntax, "PT.COUNT vec: RANGE 1 x => " + wireBadRange,
	"PT.COUNT '' => " + wireBadPrefix, "PT.COUNT => " + wireArity("pt.count"),
	"PT.TOTAL => :3", "PT.TOTAL x => " + wireArity("pt.total"),
	"PT.RESERVE new: 5000 => +OK", "PT.RESERVE new: 0 => +OK", "PT.RESERVE new: x => -ERR invalid size: must be an integer from 0 to 281474976710656", "PT.RESERVE '' 1 => " + wireBadPrefix, "PT.RESERVE new: => " + wireArity("pt.reserve"),

	"PT.FORMAT vec: 5 000000000006 => *2 $22 vec:{abc}:000000000005 $22 vec:{abc}:000000000006", "PT.FORMAT doc: 5 => *1 $5 doc:5", "PT.FORMAT vec: x => " + wireBadID, "PT.FORMAT '' 1 => " + wireBadPrefix, "PT.FORMAT vec: => " + wireArity("pt.format"),
	"PT.PARSE vec:{abc}:000000000005 doc:5 doc:05 nobody => *4 *2 $4 vec: :5 *2 $4 doc: :5 NULL NULL", "PT.PARSE => " + wireArity("pt.parse"),
	"PT.ADDKEY vec:000000000800 doc:1 doc:x nobody:1 => :2", "PT.ADDKEY => " + wireArity("pt.addkey"),
	"PT.REMKEY vec:000000000800 vec:000000000801 doc:x => :1", "PT.REMKEY => " + wireArity("pt.remkey"),

	"PT.CLAIMNEXT vec: => :0", "PT.CLAIMNEXT vec: KEYS => $22 vec:{abc}:000000000002", "PT.CLAIMNEXT vec: COUNT 2 => *2 :3 :4", "PT.CLAIMNEXT vec: count 3 runs => *1 *2 :7 :3",
	"PT.CLAIMNEXT vec: RANGE 998 5000 COUNT 9 KEYS => *2 $22 vec:{abc}:000000000998 $22 vec:{abc}:000000000999", "PT.CLAIMNEXT vec: RANGE 998 1000 => NULL", "PT.CLAIMNEXT vec: RANGE 998 1000 COUNT 2 => *0", "PT.CLAIMNEXT vec: COUNT 0 => *0",
	"PT.CLAIMNEXT vec: KEYS RUNS => " + wireKeysRuns, "PT.CLAIMNEXT vec: COUNT -1 => " + wireNegative, "PT.CLAIMNEXT vec: COUNT x => " + wireNumber, "PT.CLAIMNEXT vec: RANGE 0 x => " + wireBadRange,
	"PT.CLAIMNEXT vec: COUNT 1 COUNT 1 => " + wireSyntax, "PT.CLAIMNEXT vec: SET => " + wireSyntax, "PT.CLAIMNEXT '' => " + wireBadPrefix, "PT.CLAIMNEXT => " + wireArity("pt.claimnext"),
	"PT.TAKENEXT vec: => :0", "PT.TAKENEXT vec: COUNT 3 RUNS => *1 *2 :1 :3", "PT.TAKENEXT vec: KEYS RANGE 5 6 => $22 vec:{abc}:000000000005", "PT.TAKENEXT vec: COUNT 2 KEYS => *2 $22 vec:{abc}:000000000004 $22 vec:{abc}:000000000006",
	"PT.TAKENEXT vec: RANGE 5 5 => NULL", "PT.TAKENEXT none: => NULL", "PT.TAKENEXT none: COUNT 2 => *0",
	"PT.TAKENEXT vec: RUNS KEYS => " + wireKeysRuns, "PT.TAKENEXT vec: COUNT => " + wireSyntax, "PT.TAKENEXT vec: RANGE x 1 => " + wireBadRange, "PT.TAKENEXT vec: TTL 5 => " + wireSyntax, "PT.TAKENEXT '' => " + wireBadPrefix, "PT.TAKENEXT => " + wireArity("pt.takenext"),

	"PT.SCAN vec: 0 => *2 $1 0 *5 :7 :8 :9 :998 :999", "PT.SCAN vec: 0 COUNT 2 => *2 $1 9 *2 :7 :8", "PT.SCAN vec: 9 COUNT 2 KEYS => *2 $3 999 *2 $22 vec:{abc}:000000000009 $22 vec:{abc}:000000000998",
	"PT.SCAN vec: 0 RUNS => *2 $1 0 *2 *2 :7 :3 *2 :998 :2", "PT.SCAN vec: 0 UNSET RANGE 5 9 => *2 $1 0 *2 :5 :6", "PT.SCAN vec: 0 ALL RANGE 7 9 => *2 $1 0 *2 :7 :8", "PT.SCAN vec: 0 PARTITION 1 2 => *2 $1 0 *2 :998 :999",
	"PT.SCAN none: 0 => *2 $1 0 *0", "PT.SCAN none: 0 UNSET => " + wireNoPrefix, "PT.SCAN none: 0 ALL => " + wireNoPrefix, "PT.SCAN doc: 0 UNSET => " + wireUnbounded, "PT.SCAN doc: 0 RANDOM 1 => " + wireUnbounded,
	"PT.SCAN vec: x => " + wireCursor, "PT.SCAN vec: 9007199254740992 => " + wireCursor, "PT.SCAN vec: 0 COUNT 0 => " + wireSyntax, "PT.SCAN vec: 0 SET ALL => " + wireSyntax, "PT.SCAN vec: 0 KEYS RUNS => " + wireKeysRuns,
	"PT.SCAN vec: 0 PARTITION 2 2 => " + wireIndex, "PT.SCAN vec: 0 PARTITION 0 0 => " + wireTotal, "PT.SCAN vec: 0 RANDOM x => " + wireNumber, "PT.SCAN vec: 0 RANGE 1 => " + wireSyntax, "PT.SCAN '' 0 => " + wireBadPrefix, "PT.SCAN vec: => " + wireArity("pt.scan"),
	"PT.PARTITION vec: 3 => *3 *2 :0 :334 *2 :334 :668 *2 :668 :1000", "PT.PARTITION vec: 2 INDEX 1 RANGE 0 5 => *2 :3 :5", "PT.PARTITION vec: 3 RANGE 1 2 => *3 *2 :1 :2 *2 :2 :2 *2 :2 :2",
	"PT.PARTITION doc: 2 => " + wireUnbounded, "PT.PARTITION vec: 0 => " + wireTotal, "PT.PARTITION vec: 65537 => " + wireTotal, "PT.PARTITION vec: 2 INDEX 2 => " + wireIndex, "PT.PARTITION vec: 2 COUNT 1 => " + wireSyntax, "PT.PARTITION '' 2 => " + wireBadPrefix, "PT.PARTITION vec: => " + wireArity("pt.partition"),

	"PT.CLEAR vec: RETAIN => :5", "PT.CLEAR vec: => :0", "PT.CLEAR none: => :0", "PT.CLEAR vec: X => " + wireSyntax, "PT.CLEAR '' => " + wireBadPrefix, "PT.CLEAR => " + wireArity("pt.clear"),

	"PT.ADD del: 1 2 3 70 80 => :5", "PT.DELITER OPEN del: RANGE 1 75 TTL 60000 ONCLOSE => $26 TOKEN",
	"PT.DELITER OPEN del: => -INUSE a delete iterator is active", "PT.DELITER OPEN none: => " + wireNoPrefix, "PT.DELITER OPEN del: TTL 0 => -ERR invalid ttl: must be a positive number of milliseconds",
	"PT.DELITER OPEN del: COUNT 1 => " + wireSyntax, "PT.DELITER OPEN del: RANGE 1 x => " + wireBadRange, "PT.DELITER OPEN '' => " + wireBadPrefix, "PT.DELITER OPEN => " + wireArity("pt.deliter|open"),
	"PT.INFO del: => MAP12 $6 prefix $4 del: $6 max_id NULL $5 width :12 $3 tag $0 $5 count :5 $8 capacity :4096 $12 memory_bytes :N $10 created_at :N $6 claims :0 $9 conflicts :0 $12 out_of_range :0 $7 deleter $4 held",
	"PT.DELITER NEXT TOKEN => :1", "PT.DELITER NEXT TOKEN COUNT 1 KEYS => *1 $16 del:000000000002", "PT.DELITER NEXT TOKEN COUNT 9 RUNS => *2 *2 :3 :1 *2 :70 :1", "PT.DELITER NEXT TOKEN => NULL", "PT.DELITER NEXT TOKEN COUNT 1 => *0",
	"PT.DELITER NEXT bogus => -NOTOKEN no such delete iterator", "PT.DELITER NEXT TOKEN RANGE 0 1 => " + wireSyntax, "PT.DELITER NEXT TOKEN KEYS RUNS => " + wireKeysRuns, "PT.DELITER NEXT TOKEN COUNT x => " + wireNumber, "PT.DELITER NEXT => " + wireArity("pt.deliter|next"),
	"PT.DELITER CLOSE TOKEN => :1", "PT.DELITER CLOSE TOKEN => :0", "PT.DELITER NEXT TOKEN => -NOTOKEN no such delete iterator", "PT.DELITER CLOSE => " + wireArity("pt.deliter|close"),
	"PT.DELITER BOGUS x => -ERR unknown subcommand 'BOGUS'. Try PT.DELITER HELP.", "PT.DELITER => " + wireArity("pt.deliter"),
	"PT.INFO none: => " + wireNoPrefix, "PT.INFO '' => " + wireBadPrefix, "PT.INFO => " + wireArity("pt.info"),
}

func TestTranscripts_EveryPTCommand(t *testing.T) {
	for _, protocol := range []int{2, 3} {
		x := newCommands(t, 0)
		var out bytes.Buffer
		c := resp.NewConn(&out)
		c.SetProtocol(protocol)
		header := "*24"
		if protocol == 3 {
			header = "%12"
		}
		token := ""
		for _, line := range ptTranscript {
			command, want, _ := strings.Cut(line, " => ")
			args := words(strings.ReplaceAll(command, "TOKEN", token))
			for i, a := range args {
				if string(a) == "''" {
					args[i] = nil
				}
			}
			out.Reset()
			x.ServeRESP(c, args)
			if err := c.Flush(); err != nil {
				t.Fatal(err)
			}
			got := strings.TrimSuffix(strings.ReplaceAll(out.String(), "\r\n", " "), " ")
			want = strings.NewReplacer("NULL", null(protocol), "MAP12", header).Replace(want)
			switch {
			case strings.HasSuffix(want, "TOKEN"):
				_, token, _ = strings.Cut(got, " ")
				want = strings.Replace(want, "TOKEN", token, 1)
			case strings.Contains(want, ":N"): // numbers of this run
				fields := strings.Fields(got)
				for _, name := range []string{"memory_bytes", "created_at"} {
					if i := slices.Index(fields, name) + 1; i > 0 && i < len(fields) && len(fields[i]) > 3 {
						fields[i] = ":N"
					}
				}
				got = strings.Join(fields, " ")
			}
			if got != strings.Join(strings.Fields(want), " ") && got != want {
				t.Errorf("RESP%d %s\n got %s\nwant %s", protocol, command, got, want)
			}
		}
	}
}

// A command that is added to the table needs replies and errors above.
func TestTranscripts_LeaveNoPTCommandOut(t *testing.T) {
	good, bad := map[*Spec]bool{}, map[*Spec]bool{}
	for _, line := range ptTranscript {
		command, reply, _ := strings.Cut(line, " => ")
		name, rest, _ := strings.Cut(command, " ")
		ix := newIndex(table())
		spec := ix.find([]byte(name))
		if spec == nil {
			t.Fatalf("%s: no such command", line)
		}
		if sub, _, _ := strings.Cut(rest, " "); len(spec.Subs) > 0 {
			if s := newIndex(spec.Subs).find([]byte(sub)); s != nil {
				spec = s
			}
		}
		if strings.HasPrefix(reply, "-") {
			bad[spec] = true
		} else {
			good[spec] = true
		}
	}
	each(table(), func(s *Spec) {
		if strings.HasPrefix(s.Name, "PT.") && (!bad[s] || !good[s] && s.Run != nil) {
			t.Errorf("%s has no transcript of replies and errors", s.Name)
		}
	})
}
