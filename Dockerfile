# finwait's image: one static binary on an empty root, run by an unprivileged user.
# It needs nothing but `go`, `sh` and the CA certificates of the build image, and builds with the classic builder and BuildKit alike.
ARG GO_IMAGE=golang:1.26-bookworm
FROM ${GO_IMAGE} AS build
ARG TARGETARCH
ARG GOPROXY
ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The writable folders of the image. /tmp has the usual mode, because a tmpfs mounted over it takes it on.
WORKDIR /rootfs/data
WORKDIR /rootfs/tmp
RUN printf 'package main\nimport "os"\nfunc main() { os.Chmod("/rootfs/tmp", os.ModeSticky|0o777) }\n' >/tmp/mode.go && go run /tmp/mode.go

WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -buildvcs=false -trimpath -ldflags="-s -w" -o /out/finwait ./cmd/finwait

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /rootfs/ /
COPY --from=build /out/finwait /finwait
ENV FINWAIT_ADDR=:8080 FINWAIT_DB=sqlite:/data/finwait.db
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/finwait", "healthcheck"]
ENTRYPOINT ["/finwait"]
CMD ["serve"]
