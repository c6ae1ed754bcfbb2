# Phoenix, packages by Mix.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM elixir:1.18-otp-27 AS build
WORKDIR /app
ENV MIX_ENV=prod
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN --mount=type=cache,id=berth/shop/hex,target=/root/.hex/packages,sharing=shared mix deps.get --only prod
COPY config ./config/
RUN mix deps.compile
COPY . ./
RUN mix compile && mix assets.deploy
RUN mix release && cp -r _build/prod/rel/shop /out

FROM elixir:1.18-otp-27-slim
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /out /app
ENV LANG=C.UTF-8 MIX_ENV=prod PHX_SERVER=true HOME=/tmp PORT=4000
USER 1000:1000
EXPOSE 4000
ENTRYPOINT []
CMD ["/app/bin/shop", "start"]
