# make run    build, and start a rehearsal on 127.0.0.1:8080
# make test   install what the tests need, check the code, run every test
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: run build sbom release test lint bench soak tools

run: build
	@exec bin/towncrier rehearse

build:
	@$(GO) run ./scripts/supply notices cmd/towncrier/cli/notices/NOTICES.txt
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/towncrier ./cmd/towncrier

# sbom: what the binary is made of, as bin/towncrier.cdx.json (CycloneDX)
sbom: build
	$(GO) run ./scripts/supply sbom bin/towncrier > bin/towncrier.cdx.json

# release: refuses what may not be given away: images by tag, changes that are not committed, vulnerabilities not looked for
release:
	@scripts/releasecheck
	@$(MAKE) sbom

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
