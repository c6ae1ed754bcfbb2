# Astro (static), packages by npm.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CI=true
COPY package.json package-lock.json ./
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm ci --no-audit --no-fund
COPY . ./
RUN --mount=type=cache,id=berth/shop/node_modules/.astro,target=/app/node_modules/.astro,sharing=locked find /app -name node_modules -prune -o -path /app/node_modules/.astro -prune -o -type f -exec touch {} + && npm run build

FROM scratch
COPY --from=build /app/dist /site
