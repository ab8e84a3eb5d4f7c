# `make test` installs what the tests need and runs all of them. The other targets are its parts.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DEFAULT_GOAL := help

# Without C there is one build of everything, the one that is shipped; only the race detector wants C.
export CGO_ENABLED := 0

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZ_SECONDS := 14
STORM := 10000
STORM_SEED := 1
KERNEL_STORM := 100
SEEDS := 2
SEED := 1
OUT :=

# The tests of the whole (journeys/) carry a build tag, because they need Chromium and Docker.
TAGS := -tags journeys
GO_FILES = $(shell git -c safe.directory='*' ls-files --cached --others --exclude-standard '*.go')
say = @printf '\n== %(%T)T %s\n' -1 '$(1)'

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: test
test: tools generate ## install what is needed, then run everything
	@tools/parts.sh "test-kernel docker-test journeys-short" "test-race lint test-web test-plain fuzz bench-log"
	$(call say,all of it holds)

.PHONY: tools
tools: ## install from apt and npm what is missing
	$(call say,tools)
	tools/install.sh
	go mod download
	$(MAKE) --no-print-directory web/ts/node_modules/.package-lock.json

web/ts/node_modules/.package-lock.json: web/ts/package-lock.json
	cd web/ts && npm ci --no-audit --no-fund </dev/null
	touch $@

.PHONY: lint
lint: ## gofmt, vet, staticcheck
	$(call say,lint)
	@unformatted=$$(gofmt -l $(GO_FILES)); [[ -z $$unformatted ]] || { echo "not gofmt'ed:" $$unformatted; exit 1; }
	go vet $(TAGS),snapshots ./...
	go run $(STATICCHECK) $(TAGS),snapshots ./...

.PHONY: generate
generate: web/ts/node_modules/.package-lock.json ## go generate changes nothing
	$(call say,generate)
	tools/generate-check.sh

.PHONY: test-web
test-web: web/ts/node_modules/.package-lock.json ## tsc strict and the TypeScript unit tests
	$(call say,TypeScript)
	cd web/ts && npm run --silent check </dev/null && npm run --silent test </dev/null

.PHONY: fuzz
fuzz: ## every fuzzer, FUZZ_SECONDS in all
	$(call say,fuzzers)
	tools/fuzz.sh $(FUZZ_SECONDS)

.PHONY: storm
storm: ## throw STORM random programs at the engine; STORM_SEED is the first one's
	go test -count 1 -timeout 30m -run 'TestStorm$$' -v ./engine -storm $(STORM) -storm.seed $(STORM_SEED)

.PHONY: kernel
kernel: ## the exported packetdrill scripts, the C programs, long ones too, and what lessons show of ss, on this machine's kernel; as root
	go test -count 1 -timeout 60m -run 'TestRealKernel$$' -v ./internal/export -kernel.longest 30m
	go test -count 1 -timeout 60m -run 'TestOnTheKernel$$|TestShownIsWhatTheKernelPrints$$' -v ./scenario/cprogram -kernel.longest 5m -kernel.ss

.PHONY: kernel-storm
kernel-storm: ## throw KERNEL_STORM random programs at the engine and at this machine's kernel, and compare; as root
	go test -count 1 -timeout 30m -run 'TestKernelStorm$$' -v ./internal/export -kernel.storm $(KERNEL_STORM) -kernel.storm.seed $(STORM_SEED)

.PHONY: traces
traces: ## record SEEDS fresh traces of each family on this machine's kernel, SEED is the first one's, and verify them; OUT is a folder that keeps them; as root
	go test -count 1 -timeout 60m -run 'TestFreshTraces$$' -v ./internal/verify -fresh $(SEEDS) -fresh.seed $(SEED) -fresh.out "$(abspath $(OUT))"

# Where something runs beside something, the race detector looks on; it makes computing ten times as long.
RACES := ./engine ./scenario ./scenario/sandbox ./internal/stream ./internal/store ./handlers
# What runs programs on this machine's kernel waits nearly all the time.
KERNEL := ./internal/export ./scenario/cprogram

.PHONY: test-go test-race test-kernel test-plain
test-go: test-race test-kernel test-plain ## all Go tests but the journeys

test-race: ## those with the race detector
	$(call say,go test -race)
	CGO_ENABLED=1 go test -vet=off -race -timeout 15m $(RACES)

test-kernel: ## packetdrill scripts and C programs, on this machine's kernel
	$(call say,go test on the kernel)
	go test -vet=off $(KERNEL)

test-plain: ## the others
	$(call say,go test)
	go test -vet=off $$(go list ./... | grep -vxF "$$(go list $(RACES) $(KERNEL))")

.PHONY: bench-log
bench-log: ## what the engine costs, as figures in the log; nothing is asserted
	$(call say,benchmarks)
	go test -run '^$$' -bench . -benchtime 100ms ./engine ./scenario ./internal/stream

.PHONY: docker-test
docker-test: ## build the image and run it
	$(call say,Docker)
	go test $(TAGS) -count 1 -timeout 15m ./journeys/container

.PHONY: journeys journeys-short
journeys: ## a learner's ways through the pages, in a real browser
	$(call say,journeys)
	go test $(TAGS) -count 1 -timeout 20m -v ./journeys

journeys-short: ## each of them in one of the two languages
	$(call say,journeys)
	go test $(TAGS) -count 1 -timeout 15m -parallel 3 -v -short ./journeys

.PHONY: snapshots snapshots-short snapshots-keep snapshots-keep-short
snapshots: ## what every component looks like, compared with what it looked like; the pictures are in out/snapshots
	go test $(TAGS),snapshots -count 1 -timeout 60m -run TestSnapshots ./journeys

snapshots-short: ## one look of each
	$(call say,snapshots)
	go test $(TAGS),snapshots -count 1 -timeout 10m -short -run TestSnapshots ./journeys

snapshots-keep: ## keep what every component looks like now, after a look at the pictures
	go test $(TAGS),snapshots -count 1 -timeout 60m -run TestSnapshots ./journeys -snapshots.rewrite

snapshots-keep-short: ## the same for what snapshots-short takes
	go test $(TAGS),snapshots -count 1 -timeout 10m -short -run TestSnapshots ./journeys -snapshots.rewrite

.PHONY: screenshot
screenshot: ## take docs/screenshot.png anew
	go test -tags screenshot -count 1 -run TestScreenshot ./journeys

.PHONY: mutate
mutate: ## invert each rule's branch in turn; neither a rule that no test notices nor a check that never fails is to be left (half an hour)
	go run ./tools/mutate

.PHONY: questions
questions: ## hold the properties of questions on 500 seeds of each
	go test ./internal/quiz -count 1 -timeout 30m -seeds 500

.PHONY: bench
bench: ## the engine beside gVisor's netstack and the Linux loopback, into bench/results.json
	cd bench && go vet ./... && go run .

.PHONY: perf-web
perf-web: ## what a page costs its browser: the table of docs/performance.md
	go test $(TAGS),perfweb -count 1 -timeout 30m -v -run TestPerfWeb ./journeys
