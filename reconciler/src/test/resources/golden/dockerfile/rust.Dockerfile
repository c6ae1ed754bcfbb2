# Rust, packages by Cargo.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM rust:1-bookworm AS build
WORKDIR /app
COPY . ./
RUN --mount=type=cache,id=berth/shop/cargo,target=/usr/local/cargo/registry,sharing=shared --mount=type=cache,id=berth/shop/target,target=/app/target,sharing=locked find /app -name node_modules -prune -o -path /app/target -prune -o -type f -exec touch {} + && cargo build --release --locked --package shop --bins && mkdir -p /out && cp target/release/shop /out/

FROM debian:bookworm-slim
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out /app/bin
COPY --from=build --chown=1000:1000 /app/migrations /app/migrations
ENV PATH="/app/bin:$PATH" HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["/app/bin/shop"]
