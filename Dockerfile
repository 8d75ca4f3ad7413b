# One static binary, no shell, no root. Build: docker build -t towncrier .
# A tag can be moved: for a release put the digest behind it (golang:1.26.8-bookworm@sha256:…), which `make release` demands.
FROM golang:1.26.8-bookworm AS build
ARG GOPROXY=https://proxy.golang.org,direct
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN go run ./scripts/supply notices cmd/towncrier/cli/notices/NOTICES.txt \
 && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /towncrier ./cmd/towncrier \
 && install -d -m 0700 -o 65532 -g 65532 /data \
 && install -d -m 1777 /rootfs/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /towncrier /towncrier
COPY --from=build --chown=65532:65532 /data /data
# Spreadsheets are unpacked in /tmp. An image that is run read-only wants a tmpfs there.
COPY --from=build /rootfs/ /
# Relative paths in settings land on the volume.
WORKDIR /data
USER 65532:65532
ENV TOWNCRIER_LISTEN=:8080 TOWNCRIER_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["/towncrier", "health"]
ENTRYPOINT ["/towncrier"]
CMD ["serve"]
