# The image: one binary, and nothing else. docs/install.md says how it is run.
#
#   docker build -t prefixtracker .
#
# The last stage takes the files of the stage `binary`. Who has built them already gives the directory
# with them in its place, and then nothing is compiled:
#
#   docker build --build-context binary=DIRECTORY -t prefixtracker .
#
# DIRECTORY has the program, prefixtracker, and an empty directory, data.

FROM --platform=$BUILDPLATFORM golang:1.26 AS binary
WORKDIR /source
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH make build BINARY=/prefixtracker VERSION=$VERSION && mkdir /data

FROM scratch
LABEL org.opencontainers.image.title="Prefix Tracker" \
      org.opencontainers.image.description="A Redis-protocol sidecar that knows which IDs exist and who gets the next one" \
      org.opencontainers.image.source="https://github.com/prefixtracker/prefixtracker" \
      org.opencontainers.image.licenses="MIT"
COPY --from=binary /prefixtracker /prefixtracker
# A new volume gets the owner of what it is mounted over.
COPY --from=binary --chown=65532:65532 /data /data
# By its number: Kubernetes takes a name for what may be root.
USER 65532:65532
VOLUME /data
# All addresses of the container. Without a password it answers loopback only, all the same.
ENV PT_ADDR=:7171 PT_HTTP_ADDR=:7172 PT_DIR=/data
EXPOSE 7171 7172
STOPSIGNAL SIGTERM
# A server that loads is not healthy yet; one that cannot is gone by itself.
HEALTHCHECK --interval=5s --timeout=5s --start-period=10m --retries=3 CMD ["/prefixtracker", "healthcheck"]
ENTRYPOINT ["/prefixtracker"]
CMD ["serve"]
