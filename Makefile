# make run    build, and start a rehearsal on 127.0.0.1:8080
# make test   install what the tests need, check the code, run every test
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: run build test lint bench soak tools

run: build
	@exec bin/towncrier rehearse

build:
	CGO_ENABLED=0 $(GO) build -ldflags '-s -w -X main.version=$(VERSION)' -o bin/towncrier ./cmd/towncrier

test: tools lint
	@GO="$(GO)" scripts/racetest

lint:
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) mod verify
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@scripts/vulncheck

bench: tools
	$(GO) test -run '^$$' -bench . -benchmem ./...

# soak: 20,000 recipients while processes, Redis and PostgreSQL are killed; about ten minutes
soak: tools
	$(GO) test -count=1 -timeout 30m -run TestSoak ./soak -soak.full

tools:
	@scripts/testtools
