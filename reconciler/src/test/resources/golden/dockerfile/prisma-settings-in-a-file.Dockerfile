# Express, packages by npm.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*
ENV CI=true
COPY . ./
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm ci --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV HOST=0.0.0.0 NODE_ENV=production PATH="/app/node_modules/.bin:$PATH" HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["node", "server.js"]
