# One static binary, no shell, no root. Build: docker build -t towncrier .
# Behind a mirror: docker build --build-arg GOPROXY=https://goproxy.cn,direct --build-arg BUILD_IMAGE=MIRROR/golang:1.26.8-bookworm@sha256:… -t towncrier .
# A tag can be moved, and does for trying out; `make image` wants the digest behind it. The version here is also the one that releases are built by.
ARG BUILD_IMAGE=golang:1.26.8-bookworm
FROM ${BUILD_IMAGE} AS build
ARG GOPROXY=https://proxy.golang.org,direct
# Every module is in go.sum with its hash, so nobody is asked here; it matters to who adds one.
ARG GOSUMDB=sum.golang.org
ENV GOTOOLCHAIN=local
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN go run ./scripts/supply notices cmd/towncrier/cli/notices/NOTICES.txt \
 && scripts/build /towncrier "${VERSION}" \
 && install -d -m 0700 -o 65532 -g 65532 /data \
 && install -d -m 1777 /rootfs/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /towncrier /towncrier
COPY --from=build --chown=65532:65532 /data /data
# SQLite sorts large tables in /tmp. An image that is run read-only wants a tmpfs there.
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
