# make help lists what there is. Nothing here needs more than Go, Node and git;
# browser tests need Chromium, fault tests need strace.

GO        ?= go
ADDR      ?= 127.0.0.1:8080
FUZZTIME  ?= 30s
KILLS     ?= 600
TOOL       = $(GO) tool -modfile=tools.mod
PACKAGES   = $(shell $(GO) list ./... 2>/dev/null)

# Fault injection needs strace. FAULTS=1 insists on it, as CI does.
FAULTS    ?= $(shell command -v strace >/dev/null 2>&1 && echo 1)
TAGS       = $(if $(FAULTS),-tags faults)

.DEFAULT_GOAL := help
.PHONY: help run dev test check generate assets bench bench-peers charts fuzz soak bidders browser screenshots build duckdb duckdb-test clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { gsub(/[$$][(]ADDR[)]/, "$(ADDR)"); gsub(/[$$][(]FUZZTIME[)]/, "$(FUZZTIME)"); gsub(/[$$][(]KILLS[)]/, "$(KILLS)"); printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  ADDR=host:port changes where make run listens, FUZZTIME=5m how long each fuzz target runs, KILLS=5000 how often make soak kills."

run: build ## get assets, build, serve on $(ADDR); the database is ./data/app.db
	@mkdir -p data
	./bin/app -addr $(ADDR) -db data/app.db

dev: ## run on $(ADDR), and again after each change; the database is ./data/app.db
	@$(TOOL) ironstar dev --addr $(ADDR)

build: assets ## build the application, one static binary with its assets, into ./bin
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/app ./cmd/app

duckdb: assets ## build the application with DuckDB into ./bin/app-duckdb; it needs a C compiler
	cd duckdb && CGO_ENABLED=1 $(GO) build -trimpath -o ../bin/app-duckdb ./cmd/app

duckdb-test: assets ## vet and test the module duckdb; it needs a C compiler
	cd duckdb && $(GO) vet ./... && CGO_ENABLED=1 $(GO) test -timeout 20m ./...

test: assets ## run all tests but those in a browser
	@$(if $(FAULTS),,echo "strace is not here: the fault tests of the store are left out";)
	$(GO) test -timeout 40m $(TAGS) ./...

check: assets ## formatting, vet, staticcheck, tsc, race detector, generated code up to date, no cgo needed
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go' | grep -v /testdata/)); \
		test -z "$$unformatted" || { echo "not formatted (gofmt -w):"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags faults,browser ./...
	$(TOOL) staticcheck -tags faults,browser ./...
	$(GO) tool -modfile=tools.mod ironstar generate --check
	$(GO) tool -modfile=tools.mod ironstar check
	npm run --silent check
	$(GO) generate ./web && git diff --exit-code -- web static
	CGO_ENABLED=0 $(GO) build ./...
	cd bench/peers && if $(GO) mod download; then CGO_ENABLED=0 $(GO) vet ./...; else echo "bench/peers: its modules are not to be had, so it is not vetted"; fi
	$(GO) test -race -short . ./wire ./engine ./live ./sqlite ./internal/soak ./internal/app/...

generate: ## write what follows from schema/*.cue and web/*.templ
	$(GO) generate ./...

assets: ## fetch, verify and build what the browser loads
	@$(GO) run ./internal/assets/build

browser: build ## try the application in Chromium
	$(GO) test -count=1 -timeout 30m -tags browser ./internal/browsertest ./internal/modelling

screenshots: assets ## make the pictures of the documents, docs/images/*.png, in Chromium
	@mkdir -p docs/images
	SCREENSHOTS=$(CURDIR)/docs/images $(GO) test -count=1 -tags browser -run '^Test(Auction|Dashboard)?Screenshots$$' ./internal/browsertest

bench: assets ## measure, with the floor beside each figure
	$(GO) run ./bench

bench-peers: ## measure other event sourcing libraries in place of the floor
	$(GO) run ./bench -only peers

charts: ## draw docs/bench/*.svg from the reports of the benchmarks beside them
	$(GO) run ./bench -charts docs/bench docs/bench/*.json

fuzz: ## 20000 random changes of schemas and 2000 cases of each type; then every fuzz target for $(FUZZTIME)
	$(GO) test -count=1 -v -timeout 60m -run '^TestG1[67]_' ./internal/codegen/cuetest -mutations 20000 -pairs 200 -cases 2000
	@for pkg in $(PACKAGES); do \
		dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
		for target in $$(grep -hos '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -d' ' -f2); do \
			echo "== $$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5x $$pkg || exit 1; \
		done; \
	done

soak: ## kill a server $(KILLS) times, let the power fail as often: what it acknowledged is there
	$(GO) test -count=1 -v -timeout 60m $(TAGS) ./internal/soak -kills $(KILLS) -crashes $(KILLS)
	$(GO) test -count=1 -v -timeout 60m -run "^TestG21_Killed" ./engine -process-kills $(KILLS)

bidders: ## 200 people bid for two minutes while servers are killed and replaced; 300 servers are killed while lots are sold; 2000 people want 500 names
	$(GO) test -count=1 -v -timeout 30m ./internal/bidders -bidders 200 -bid-for 2m -pause 4s -bid-kills 10 -replaced 2 -handles 500 -sale-kills 300

clean: ## remove what was built, not the database
	rm -rf bin
	find static/dist -type f ! -name README.md -delete
