# Go, packages by Go modules.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM golang:1.25-bookworm AS build
WORKDIR /app
ENV CGO_ENABLED=0
COPY go.mod go.sum ./
RUN --mount=type=cache,id=berth/shop/go-modules,target=/go/pkg/mod,sharing=shared --mount=type=cache,id=berth/shop/go-build,target=/root/.cache/go-build,sharing=shared go mod download
COPY . ./
RUN --mount=type=cache,id=berth/shop/go-modules,target=/go/pkg/mod,sharing=shared --mount=type=cache,id=berth/shop/go-build,target=/root/.cache/go-build,sharing=shared find /app -name node_modules -prune -o -type f -exec touch {} + && mkdir -p /out && go build -trimpath -ldflags='-s -w' -o /out/shop .

FROM debian:bookworm-slim
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out /app/bin
COPY --from=build --chown=1000:1000 /app/templates /app/templates
ENV PATH="/app/bin:$PATH" HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["/app/bin/shop"]
