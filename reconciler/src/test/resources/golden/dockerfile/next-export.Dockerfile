# Next.js (static export), packages by yarn 1.22.22.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm install --global --force yarn@1.22.22
ENV CI=true
COPY package.json yarn.lock ./
RUN --mount=type=cache,id=berth/shop/yarn,target=/usr/local/share/.cache/yarn,sharing=locked yarn install --frozen-lockfile --non-interactive
COPY . ./
RUN --mount=type=cache,id=berth/shop/.next/cache,target=/app/.next/cache,sharing=locked find /app -name node_modules -prune -o -path /app/.next/cache -prune -o -type f -exec touch {} + && yarn run build

FROM scratch
COPY --from=build /app/out /site
