# Next.js (standalone), packages by npm.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CI=true
COPY package.json package-lock.json ./
COPY apps/web/package.json ./apps/web/
COPY packages/tokens/package.json ./packages/tokens/
COPY packages/ui/package.json ./packages/ui/
COPY packages/unused/package.json ./packages/unused/
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm ci --no-audit --no-fund
COPY . ./
RUN --mount=type=cache,id=berth/shop/apps/web/.next/cache,target=/app/apps/web/.next/cache,sharing=locked find /app -name node_modules -prune -o -path /app/apps/web/.next/cache -prune -o -type f -exec touch {} + && npm run build --workspace @acme/tokens
RUN --mount=type=cache,id=berth/shop/apps/web/.next/cache,target=/app/apps/web/.next/cache,sharing=locked find /app -name node_modules -prune -o -path /app/apps/web/.next/cache -prune -o -type f -exec touch {} + && npm run build --workspace @acme/ui
RUN --mount=type=cache,id=berth/shop/apps/web/.next/cache,target=/app/apps/web/.next/cache,sharing=locked find /app -name node_modules -prune -o -path /app/apps/web/.next/cache -prune -o -type f -exec touch {} + && npm run build --workspace web

FROM node:24-bookworm-slim
WORKDIR /app/apps/web
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app/apps/web/.next/standalone /app
COPY --from=build --chown=1000:1000 /app/apps/web/.next/static /app/apps/web/.next/static
ENV HOST=0.0.0.0 HOSTNAME=0.0.0.0 NODE_ENV=production HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["node", "server.js"]
