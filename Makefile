# `make` alone prints the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# Packages whose tests need no other program.
LIBRARY := . ./bitmap ./bitmap/modelcheck ./journal ./tracker ./observe ./resp ./engine ./commands ./web ./top ./idfile ./workload ./remote ./report ./cli ./internal/glob ./internal/keyslot ./internal/sdsargs ./internal/transcript ./internal/filegraph ./internal/lockcheck ./internal/leasemodel
MODULE := github.com/prefixtracker/prefixtracker
BINARY ?= prefixtracker
# What the binary says that it is; without, what the source says.
VERSION ?=
IMAGE ?= prefixtracker
DOCKER ?= docker
FUZZTIME ?= 30s
STRESSTIME ?= 10m
SOAKTIME ?= 30m
BENCHCOUNT ?= 10
KILLSEED ?= 1
# Integration tests that run at a time: most of them wait for timeouts, not for a processor.
PARALLEL ?= 8
# Long tests of one goroutine, which have no races to look into, and of one beside a log, whose races are those
# of shorter tests. Without the detector they run like all others; `make race` has them with it, too.
ALONE := AgreesWithMap|IsUniformAtEveryDensity|CutsLoseNothing|NothingAcknowledgedIsLost|NobodyWaitsUnderOne|Draw_SharesAre|Draw_DistinctIsExact|Draw_TakesWhat|Draw_InPasses|HandOut_UnderMasksIs|Reader_WhatIsInFlight|Selection_ReadsWhat|Restore_AllThatWasDone|Cursor_OrderIs|Loader_IsTheSameSet|Formats_RoundTrip|RoundTripOfTheLongest|Roaring_
ALONE := $(ALONE)|TestSelection_ScanRuns(ListsWhat|EndsWith)|TestCombination_IsWhat|TestSample_OfFew|TestBudget_WhatIsFreed
ALONE := $(ALONE)|TestDraw_(DistinctGives|SeedRepeats|WhatIsLeft|LeavesOut)|TestHandle_TellsExactly|TestPermutation_Larger
ALONE := $(ALONE)|TestSnapshot_(HasEveryID|KeepsTo)|TestHolds_ManyOfOneOwner|TestReaches_IsTheCount|TestDrawCost_Is
ALONE := $(ALONE)|TestDamage_IsFound|TestReplay_EachPrefix|TestWords_ComeBack|TestSize_OfChanges|TestWindow_ShareOf
ALONE := $(ALONE)|TestScreen_HasTheSize|TestFramer_AnyLimits|TestGlobs_WideElements|TestLease_SettlesMoreThan
ALONE := $(ALONE)|TestValues_|TestSequence_|TestRead_BearsStrangers

# Tests with a browser, containers, a Prometheus, shells: beside these the others would wait for a
# processor, and see that instead of what they look at.
LARGE := ^Test(Page|Image|Unit|Dashboard|Completion|Top)

# Systems and processors that a release has programs for, and one more that differs in
# what its system calls take.
TARGETS := $(shell sed -n 's/^ *- \([a-z]*_[a-z0-9]*\)$$/\1/p' .goreleaser.yaml) dragonfly_amd64
# Of these, each system once: the tests compile there, too, but for those of the built binary
# on Windows, which has neither SIGTERM nor /proc.
SYSTEMS := $(filter-out linux_%,$(filter %_amd64,$(TARGETS)))

GOTEST := go run ./scripts/gotest
SUBMAKE := $(MAKE) --no-print-directory

.PHONY: help build image run check books test test-library test-race test-yield test-stores test-integration test-redcon stores test-tools race stress soak latency power kill scenes driver-scenes sync-scenes files restart rewrite fuzz bench bench-peers bench-against bench-kept bench-go readme transcripts pictures follow

help: ## print the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the binary ./prefixtracker (or BINARY): one file that needs no other
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w $(if $(VERSION),-X $(MODULE)/cli.Version=$(VERSION))" -o $(BINARY) .

image: ## build the container image IMAGE with docker (or DOCKER=podman)
	$(DOCKER) build --build-arg VERSION=$(VERSION) -t $(IMAGE) .

run: ## run the server (the same as `go run .`)
	go run .

check: ## formatting, vet, and that it builds for all systems of a release
	@echo "== gofmt, go vet"
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	go vet ./...
	go vet -tags yield ./bitmap ./tracker
	@echo "== built for all systems: $(TARGETS)"
	@for t in $(TARGETS); do GOOS=$${t%_*} GOARCH=$${t#*_} CGO_ENABLED=0 go build -o /dev/null . || exit 1; done
	@echo "== go vet, tests included: $(SYSTEMS)"
	@for t in $(filter-out windows_%,$(SYSTEMS)); do GOOS=$${t%_*} GOARCH=$${t#*_} CGO_ENABLED=0 go vet ./... || exit 1; done
	@GOOS=windows CGO_ENABLED=0 go vet $$(go list ./... | grep -v /integration_test$$)

# What runs beside something else measures nothing: sizes, allocations and how much others notice
# are asked for in the first and the last two.
test: test-tools ## all tests, with the race detector; installs redis-server and redis-tools where it may
	@$(SUBMAKE) test-library
	@$(SUBMAKE) -j3 test-race test-yield test-stores
	@$(SUBMAKE) test-integration
	@$(SUBMAKE) test-redcon
	@$(SUBMAKE) test-deploy

test-library: ## the library packages without the race detector: sizes, allocations
	@echo "== library packages, without the race detector: sizes, allocations"
	@$(GOTEST) library $(LIBRARY) ./scripts/gotest

test-race: ## the library packages under the race detector
	@echo "== library packages, under the race detector"
	@$(GOTEST) race -race -skip '$(ALONE)' $(LIBRARY)

test-yield: ## bitmap and tracker with scheduling points inside their races
	@echo "== bitmap and tracker, with scheduling points inside their races"
	@$(GOTEST) yield -race -tags yield -short -skip '$(ALONE)' ./bitmap ./tracker

test-integration: ## the built binary, driven by real programs
	@echo "== the built binary, driven by real programs"
	@$(GOTEST) integration -count=1 -parallel $(PARALLEL) -skip '$(LARGE)' ./integration_test
	@echo "== the built binary, with programs that want processors for themselves"
	@$(GOTEST) large -count=1 -parallel 2 -run '$(LARGE)' ./integration_test

test-stores: ## what speaks to stores, with real Redis servers, Clusters and Sentinels
	@echo "== what speaks to stores, with real Redis servers, Clusters and Sentinels"
	@$(GOTEST) stores -race -count=1 -parallel $(PARALLEL) ./internal/redistest ./store ./reconcile ./load ./driver

stores: ## lists of stores whose slots move and whose primaries die, ten times, and how fast five million keys are listed (some minutes)
	go test -v -count=10 -timeout 0 -run 'MissesNothing|AllTheTime|PrimaryDies|TheSentinels' ./store
	go test -v -count=1 -timeout 0 -run 'PrimaryDies' ./store -hang
	go test -v -count=1 -timeout 0 -run 'Pace' ./store -scan-keys 5000000
	go test -v -count=1 -timeout 0 -run 'Load_Many' ./reconcile -many-keys 5000000

test-redcon: ## what a listener has a part in, with redcon in place of the event loops
	@echo "== what a listener has a part in, with redcon in place of the event loops"
	@PT_LISTENER=redcon $(GOTEST) redcon -count=1 -short -parallel $(PARALLEL) ./integration_test

test-deploy: ## deploy's files for Compose and Kubernetes, read as these read them
	@echo "== what is in deploy, read as Compose and Kubernetes read it"
	@cd deploy/check && go test -count=1 ./...

books: ## every command in all forms for clients who do not read: what the server keeps is in its books (a minute or two)
	TEST_BOOKS=all go test -v -count=1 -timeout 60m -run 'TestBooks_EveryCommand' ./integration_test
	TEST_BOOKS=all PT_LISTENER=redcon go test -v -count=1 -timeout 60m -run 'TestBooks_EveryCommand|TestContainer' ./integration_test

test-tools:
	@scripts/install-test-tools

# Other people's programs, at the versions that are tried.
GORELEASER := go run github.com/goreleaser/goreleaser/v2@v2.15.1
ACTIONLINT := go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

.PHONY: test-deploy lint-files snapshot release

lint-files: ## the workflows and the release's configuration
	$(ACTIONLINT)
	$(GORELEASER) check

snapshot: ## everything that a release has, in dist, published nowhere (some minutes)
	$(GORELEASER) release --snapshot --clean

release: ## what a tag's workflow calls
	$(GORELEASER) release --clean

race: ## the race detector over everything, the server under test included
	TEST_RACE=1 go test -count=1 -race ./...

stress: ## longer soaks of the concurrent parts and the large models, each STRESSTIME long at most (takes 6 GB)
	go test -v -timeout $(STRESSTIME) -run 'TestModel_Big' ./bitmap/modelcheck -big
	go test -race -tags yield -count=20 -timeout $(STRESSTIME) -run 'Concurrent|Schedule' ./bitmap ./tracker
	TEST_RACE=1 go test -race -count=3 -timeout $(STRESSTIME) ./integration_test

# The server takes up to 16 GB; 11,000 file descriptors are needed (ulimit -n).
latency: ## what a neighbour notices of every command at its worst, as a table (on a quiet machine)
	CI=true go test -count=1 -v -timeout 2h -run 'TestEveryCommandHoldsNobodyUp$$' ./integration_test -goal

soak: ## all commands from 400 clients that come and go, against servers with the race detector, for SOAKTIME
	TEST_RACE=1 TEST_SOAK=$(SOAKTIME) go test -v -count=1 -timeout 0 -run 'TestSoak$$' ./integration_test

power: ## a million disks after a cut of the power, and 10,000 runs on disks that fail (an hour)
	go test -v -timeout 0 -run 'CutsLoseNothing|NothingAcknowledgedIsLost' ./journal -cuts 1000000 -seeds 10000

kill: ## a thousand kill -9 under work of all kinds, and five beside workers that fill a store (a quarter of an hour)
	go test -v -count=1 -timeout 0 -run 'TestKill$$|TestWorkersThatOnlyReconnect$$' ./integration_test -kills 1000 -killed-ids 50000000 -kill-seed $(KILLSEED) -trial-keys 1000000

scenes: ## what load tests do, with a million keys, a redis-server and workers in two languages who are killed (about twenty minutes)
	CI=true go test -v -count=1 -timeout 0 -run '^TestScene' -parallel 1 ./integration_test -scene-keys 1000000 -kill-seed $(KILLSEED)

driver-scenes: ## `prefixtracker run` by three processes on five million keys, and with one of them killed in each phase (some minutes)
	CI=true go test -v -count=1 -timeout 0 -parallel 1 -run '^TestRunScene_Life$$' ./integration_test -run-full -run-keys 5000000
	CI=true go test -v -count=1 -timeout 0 -parallel 1 -run '^TestRun(Scene_Killed|Deaths)' ./integration_test -run-full -run-keys 1000000

sync-scenes: ## trackers and stores that drift apart, with a million keys: beside writers, deaths of the store, slots that move (some minutes; REDISTEST_SERVER names another store's program)
	CI=true go test -v -count=1 -timeout 0 -run '^TestDrift' -parallel 1 ./integration_test -drift-keys 1000000 -drift-time 20s

follow: ## trackers that follow their store: 200,000 keys expire and are evicted, 20 cuts, workers that hand out and die, slots that move (two minutes)
	FOLLOW=full CI=true go test -v -count=1 -timeout 0 -parallel 4 -run 'Follow_|Watch_' ./reconcile ./store

linearizable: ## a million calls with leases, ends by time and kills of the server: all replies can be put in one order (two minutes)
	go test -v -count=1 -timeout 0 -run 'TestLinearizable$$' ./integration_test -linearizable-calls 1000000 -linearizable-seed $(KILLSEED)
	go test -v -race -tags yield -count=20 -timeout 0 -run 'TestLeasesConcurrent' ./tracker

files: ## 100 million IDs through a file of each format, 64 patterns through the program and through CRoaring (some minutes; 4 GB of disk, a C++ compiler, libroaring-dev)
	go test -v -count=1 -timeout 0 -run 'CRoaring' ./idfile -croaring
	go test -v -count=1 -timeout 0 -run '^TestFiles_(RoundTrip|Large)$$' -parallel 1 ./integration_test -files-patterns 64 -files-ids 1000000 -files-large 100000000

restart: ## how long a start takes with a billion IDs (on a quiet machine, takes 2 GB)
	go test -v -count=1 -timeout 1h -run 'TestRestart$$' ./integration_test -measure

rewrite: ## what a client notices of a base that is written beside it (on a quiet machine)
	go test -v -count=1 -timeout 1h -run 'TestRewriteBesideOthers$$' ./integration_test -measure

fuzz: ## each fuzz target for FUZZTIME
	@for pkg in ./bitmap ./journal ./tracker ./resp ./engine ./commands ./idfile ./workload ./load ./internal/glob; do \
	  for f in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $$pkg || exit 1; \
	  done; \
	done

bench: ## the library against its rivals, as a table (a few minutes on a quiet machine)
	go run ./bench

bench-peers: ## this server against redis-server (and valkey-server) on this machine, as a table
	go run ./bench/peers

# To judge a change of the library, in a worktree of the commit before and here, by turns if the
# machine is not quiet: make bench-go >> FILE; then: benchstat OLDFILE NEWFILE
bench-go: ## the benchmarks beside the code, BENCHCOUNT times, for benchstat
	@go test -run '^$$' -bench . -benchmem -count $(BENCHCOUNT) ./bitmap ./tracker ./resp ./commands

bench-against: ## this server against the program PROGRAM, another build of it, as a table
	go run ./bench/peers -pairs 9 -against $(PROGRAM)

bench-kept: ## what the log costs: this server with it beside without, and beside redis-server with its own
	@$(SUBMAKE) build
	go run ./bench/peers -pairs 9 -server $(BINARY) -against $(BINARY) -server-flags "--appendonly yes" -against-flags "--appendonly no" -rows 'random ID, pipeline'
	go run ./bench/peers -pairs 9 -server $(BINARY) -server-flags "--appendonly yes" -against-flags "--appendonly yes --appendfsync everysec" -rows 'random ID, pipeline'

readme: ## rewrite the tables of commands, settings, metrics and fields of workloads, the example file of settings, and the examples in the documents
	go test . -run TestDocuments_ExamplesAreTheTests -update
	go test ./commands -run TestTable_IsTheDocuments -update
	go test ./cli -run "TestSettings_AreThe|TestWorkload_FieldsAreThe" -update
	go test ./web -run TestMetrics_AreTheDocuments -update
	go test ./workload -run TestFields_AreTheDocuments -update

transcripts: ## rewrite the replies in commands/testdata/transcripts
	go test ./commands -run 'TestTranscripts$$' -update

pictures: ## take the pictures in the documents, of the running program (two minutes; needs pngquant, tmux, redis-tools)
	@$(SUBMAKE) build
	scripts/pictures $(BINARY) docs
	scripts/top-pictures
