# Node.js server, packages by yarn 4.5.1.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM node:24-bookworm-slim AS build
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm install --global --force @yarnpkg/cli-dist@4.5.1
ENV CI=true YARN_NODE_LINKER=node-modules
COPY package.json yarn.lock .yarnrc.yml ./
COPY .yarn/releases ./.yarn/releases/
RUN --mount=type=cache,id=berth/shop/yarn-berry,target=/root/.yarn/berry/cache,sharing=locked yarn install --immutable
COPY . ./
RUN --mount=type=cache,id=berth/shop/yarn-berry,target=/root/.yarn/berry/cache,sharing=locked YARN_ENABLE_SCRIPTS=0 yarn workspaces focus --production

FROM node:24-bookworm-slim
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV HOST=0.0.0.0 NODE_ENV=production PATH="/app/node_modules/.bin:$PATH" HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["node", "app.js"]
