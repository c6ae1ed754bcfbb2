# Rails, packages by Bundler.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM ruby:3.4-bookworm AS build
WORKDIR /app
ENV BUNDLE_DEPLOYMENT=1 BUNDLE_GLOBAL_GEM_CACHE=true BUNDLE_PATH=/app/vendor/bundle BUNDLE_WITHOUT=development:test
COPY Gemfile Gemfile.lock ./
RUN --mount=type=cache,id=berth/shop/bundler,target=/root/.bundle/cache,sharing=shared bundle install
COPY . ./
COPY --from=node:24-bookworm-slim /usr/local /usr/local
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm ci --no-audit --no-fund
RUN npm run build && RAILS_ENV=production SECRET_KEY_BASE_DUMMY=1 SECRET_KEY_BASE=1 bundle exec rails assets:precompile && rm -rf node_modules

FROM ruby:3.4-slim-bookworm
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV BUNDLE_DEPLOYMENT=1 BUNDLE_PATH=/app/vendor/bundle BUNDLE_WITHOUT=development:test RAILS_ENV=production RAILS_LOG_TO_STDOUT=1 RAILS_SERVE_STATIC_FILES=1 HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["/bin/sh", "-c", "rm -f tmp/pids/server.pid && exec bundle exec rails server -b 0.0.0.0"]
