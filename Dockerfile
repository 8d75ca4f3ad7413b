# One static binary, no shell, no root. Build: docker build -t towncrier .
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /towncrier ./cmd/towncrier \
 && install -d -m 0700 -o 65532 -g 65532 /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /towncrier /towncrier
COPY --from=build --chown=65532:65532 /data /data
# Relative paths in settings, and what SQLite spills where there is no /tmp, land on the volume.
WORKDIR /data
USER 65532:65532
ENV TOWNCRIER_LISTEN=:8080 TOWNCRIER_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["/towncrier", "health"]
ENTRYPOINT ["/towncrier"]
CMD ["serve"]
