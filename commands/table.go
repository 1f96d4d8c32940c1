package commands

import (
	"strings"
	"sync"
)

// table returns all commands in the order of the documentation.
var table = sync.OnceValue(func() []*Spec {
	specs := []*Spec{
		createSpec,
		dropSpec,
		clearIDsSpec,
		reserveSpec,
		listSpec,
		infoSpec,
		totalSpec,

		addSpec,
		remSpec,
		existsSpec,
		mExistsSpec,
		claimSpec,
		mClaimSpec,
		addRangeSpec,
		remRangeSpec,
		countSpec,
		formatSpec,
		parseSpec,
		addKeySpec,
		remKeySpec,

		claimNextSpec,
		takeNextSpec,
		delIterSpec,

		scanSpec,
		partitionSpec,

		dbSizeSpec,
		typeSpec,
		keyExistsSpec,
		delSpec,
		unlinkSpec,
		ttlSpec,
		pttlSpec,
		keysSpec,
		keyScanSpec,
		flushDBSpec,
		flushAllSpec,

		setAddSpec,
		setRemSpec,
		setIsMemberSpec,
		setAreMembersSpec,
		setCardSpec,
		setPopSpec,
		setRandMemberSpec,
		setScanSpec,
		setMembersSpec,
		setBitSpec,
		getBitSpec,
		bitCountSpec,
		bitPosSpec,

		multiSpec,
		execSpec,
		discardSpec,

		pingSpec,
		echoSpec,
		helloSpec,
		authSpec,
		clientSpec,
		selectSpec,
		resetSpec,
		quitSpec,

		commandSpec,
		configSpec,
		serverInfoSpec,
		memorySpec,
		timeSpec,
		roleSpec,
		waitSpec,
		aclSpec,
		moduleSpec,
		readOnlySpec,
		readWriteSpec,
		clusterSpec,
		monitorSpec,
		slowLogSpec,
		latencySpec,
		debugSpec,
		shutdownSpec,
	}
	next := 0
	for _, s := range specs {
		next = s.prepare(next)
	}
	return specs
})

const longestName = 32

// number is how many commands specs are, subcommands included.
func number(specs []*Spec) int {
	n := 0
	for _, s := range specs {
		n++
		if s.help != nil {
			n++
		}
		n += number(s.Subs)
	}
	return n
}

// each calls visit with all commands and subcommands that one can look up.
func each(specs []*Spec, visit func(*Spec)) {
	for _, s := range specs {
		visit(s)
		each(s.Subs, visit)
	}
}

// eachCounted is each with the subcommands that list the others, which nobody
// writes down.
func eachCounted(specs []*Spec, visit func(*Spec)) {
	each(specs, func(s *Spec) {
		visit(s)
		if s.help != nil {
			visit(s.help)
		}
	})
}

// index finds specs by name in any case, without allocating.
type index map[string]*Spec

func newIndex(specs []*Spec) index {
	ix := make(index, len(specs))
	for _, s := range specs {
		name := s.Name[strings.IndexByte(s.Name, '|')+1:]
		ix[name] = s
	}
	return ix
}

func (ix index) find(name []byte) *Spec {
	var upper [longestName]byte
	if len(name) > len(upper) {
		return nil
	}
	for i, c := range name {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	return ix[string(upper[:len(name)])]
}
