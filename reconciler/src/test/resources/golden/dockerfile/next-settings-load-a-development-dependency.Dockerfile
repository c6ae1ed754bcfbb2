# Next.js, packages by npm.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CI=true
COPY package.json package-lock.json ./
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm ci --no-audit --no-fund
COPY . ./
RUN --mount=type=cache,id=berth/shop/.next/cache,target=/app/.next/cache,sharing=locked find /app -name node_modules -prune -o -path /app/.next/cache -prune -o -type f -exec touch {} + && npm run build

FROM node:24-bookworm-slim
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV HOST=0.0.0.0 NODE_ENV=production PATH="/app/node_modules/.bin:$PATH" HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["next", "start"]
