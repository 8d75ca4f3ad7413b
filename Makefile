# make run    build, and start a rehearsal on 127.0.0.1:8080
# make test   install what the tests need, check the code, run every test
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: run build sbom release twofolders image test lint bench soak tools

run: build
	@exec bin/towncrier rehearse

build:
	@$(GO) run ./scripts/supply notices cmd/towncrier/cli/notices/NOTICES.txt
	GO="$(GO)" scripts/build bin/towncrier $(VERSION)

# sbom: what the binary is made of, as bin/towncrier.cdx.json (CycloneDX)
sbom: build
	$(GO) run ./scripts/supply sbom bin/towncrier $(VERSION) > bin/towncrier.cdx.json

# release: static binaries for amd64 and arm64 in dist/, with checksums, bills of materials and notices. The version is the commit's tag
release:
	@GO="$(GO)" scripts/release

# twofolders: makes the release twice, in two clones, and compares; some minutes
twofolders:
	@GO="$(GO)" scripts/twofolders

# image: the container image by a base image whose digest is given: make image BUILD_IMAGE=golang:1.26.8-bookworm@sha256:…
image:
	@BUILD_IMAGE="$(BUILD_IMAGE)" scripts/releasecheck image
	docker build --build-arg VERSION=$(VERSION) $(if $(BUILD_IMAGE),--build-arg BUILD_IMAGE=$(BUILD_IMAGE)) \
	  $(if $(GOPROXY),--build-arg GOPROXY=$(GOPROXY)) $(if $(GOSUMDB),--build-arg GOSUMDB=$(GOSUMDB)) -t towncrier:$(VERSION) .

test: tools lint
	@GO="$(GO)" scripts/racetest

# The tests build the program as it ships, without cgo: what is compiled for the checks serves them again, and any other clone.
lint: export CGO_ENABLED = 0
lint: export GOFLAGS := -trimpath $(GOFLAGS)
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
