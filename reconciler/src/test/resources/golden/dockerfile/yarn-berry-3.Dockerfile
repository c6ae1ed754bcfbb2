# Node.js server, packages by yarn 3.8.0.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm install --global --force @yarnpkg/cli-dist@3.8.0
ENV CI=true YARN_NODE_LINKER=node-modules
COPY package.json yarn.lock .yarnrc.yml ./
RUN --mount=type=cache,id=berth/shop/yarn-berry,target=/root/.yarn/berry/cache,sharing=locked yarn install --immutable
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
