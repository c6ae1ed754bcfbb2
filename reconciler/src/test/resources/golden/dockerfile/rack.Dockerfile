# Rack, packages by Bundler.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM ruby:3.2.6-bookworm AS build
WORKDIR /app
ENV BUNDLE_DEPLOYMENT=1 BUNDLE_GLOBAL_GEM_CACHE=true BUNDLE_PATH=/app/vendor/bundle BUNDLE_WITHOUT=development:test
COPY Gemfile Gemfile.lock .ruby-version ./
RUN --mount=type=cache,id=berth/shop/bundler,target=/root/.bundle/cache,sharing=shared bundle install
COPY . ./

FROM ruby:3.2.6-slim-bookworm
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV BUNDLE_DEPLOYMENT=1 BUNDLE_PATH=/app/vendor/bundle BUNDLE_WITHOUT=development:test RACK_ENV=production HOME=/tmp PORT=3000
USER 1000:1000
EXPOSE 3000
ENTRYPOINT []
CMD ["/bin/sh", "-c", "exec bundle exec puma -b tcp://0.0.0.0:$PORT"]
