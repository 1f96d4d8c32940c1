package commands

import "strings"

// table returns all commands in the order of the documentation.
func table() []*Spec {
	return []*Spec{
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
	}
}

const longestName = 32

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
