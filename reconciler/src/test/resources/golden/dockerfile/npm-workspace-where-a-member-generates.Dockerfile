# Express, packages by npm.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CI=true
COPY . ./
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm ci --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app/apps/web
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV HOST=0.0.0.0 NODE_ENV=production PATH="/app/apps/web/node_modules/.bin:/app/node_modules/.bin:$PATH" HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["node", "server.js"]
