# Bun, packages by bun 1.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM oven/bun:1-slim AS build
WORKDIR /app
ENV CI=true
COPY package.json bun.lock ./
RUN --mount=type=cache,id=berth/shop/bun,target=/root/.bun/install/cache,sharing=shared bun install --frozen-lockfile
COPY . ./

FROM oven/bun:1-slim
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV HOST=0.0.0.0 NODE_ENV=production PATH="/app/node_modules/.bin:$PATH" HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["bun", "run", "src/index.ts"]
