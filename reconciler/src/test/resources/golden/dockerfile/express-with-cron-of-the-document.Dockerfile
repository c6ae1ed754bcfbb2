# Express, packages by pnpm 10.1.0.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm install --global pnpm@10.1.0
ENV CI=true
COPY package.json pnpm-lock.yaml ./
RUN --mount=type=cache,id=berth/shop/pnpm,target=/root/.local/share/pnpm/store,sharing=shared pnpm install --frozen-lockfile
COPY . ./

FROM node:24-bookworm-slim
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm install --global pnpm@10.1.0
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV HOST=0.0.0.0 NODE_ENV=production PATH="/app/node_modules/.bin:$PATH" HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["node", "server.js"]
