# Node.js server, packages by yarn 1.22.22.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm install --global --force yarn@1.22.22
ENV CI=true
COPY package.json yarn.lock ./
RUN --mount=type=cache,id=berth/shop/yarn,target=/usr/local/share/.cache/yarn,sharing=locked yarn install --frozen-lockfile --non-interactive
COPY . ./

FROM node:24-bookworm-slim
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV HOST=0.0.0.0 NODE_ENV=production PATH="/app/node_modules/.bin:$PATH" HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["node", "app.js"]
