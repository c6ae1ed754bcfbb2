# Vite, packages by npm.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CI=true
COPY package.json package-lock.json ./
COPY apps/web/package.json ./apps/web/
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm ci --no-audit --no-fund
COPY . ./
RUN --mount=type=cache,id=berth/shop/.turbo,target=/app/.turbo,sharing=locked find /app -name node_modules -prune -o -path /app/.turbo -prune -o -type f -exec touch {} + && npx --no-install turbo run build --filter=web

FROM scratch
COPY --from=build /app/apps/web/dist /site
