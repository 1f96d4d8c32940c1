# `make` alone prints the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# Packages whose tests need no other program.
LIBRARY := . ./bitmap ./tracker ./resp ./commands
FUZZTIME ?= 30s
STRESSTIME ?= 10m

.PHONY: help build run check test test-tools race integration yield stress fuzz bench bench-peers bench-go readme

help: ## print the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the binary ./prefixtracker
	go build -trimpath -o prefixtracker .

run: ## run the server (the same as `go run .`)
	go run .

check: ## formatting and vet
	@echo "== gofmt, go vet"
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	go vet ./...
	go vet -tags yield ./bitmap

test: test-tools ## all tests, with the race detector; installs redis-server and redis-tools where it may
	@echo "== library packages, without the race detector: sizes, allocations"
	go test $(LIBRARY)
	@echo "== library packages, under the race detector"
	go test -race $(LIBRARY)
	@echo "== bitmap with scheduling points inside its races"
	go test -race -tags yield -short ./bitmap ./tracker
	@echo "== the built binary, driven by real programs"
	go test -count=1 ./integration_test
	@echo "== the same in short, with redcon in place of the event loops"
	PT_LISTENER=redcon go test -count=1 -short ./integration_test

test-tools:
	@scripts/install-test-tools

race: ## the race detector over everything, the server under test included
	PT_TEST_RACE=1 go test -count=1 -race ./...

stress: ## longer soaks of the concurrent parts, STRESSTIME long at most
	go test -race -tags yield -count=20 -timeout $(STRESSTIME) -run 'Concurrent' ./bitmap ./tracker
	PT_TEST_RACE=1 go test -race -count=3 -timeout $(STRESSTIME) ./integration_test

fuzz: ## each fuzz target for FUZZTIME
	@for pkg in ./bitmap ./tracker ./resp ./commands; do \
	  for f in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

bench: ## the library against its rivals, as a table (a few minutes on a quiet machine)
	go run ./bench

bench-peers: ## this server against redis-server (and valkey-server) on this machine, as a table
	go run ./bench/peers

bench-go: ## the benchmarks beside the code, for benchstat
	go test -run '^$$' -bench . -benchmem ./bitmap ./tracker ./resp ./commands

readme: ## rewrite the README's command table from the spec table
	go test ./commands -run TestTable_IsTheREADMEs -update
