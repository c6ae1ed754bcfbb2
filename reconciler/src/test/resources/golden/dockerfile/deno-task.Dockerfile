# Deno.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM denoland/deno:debian-2.5.6 AS build
WORKDIR /app
ENV DENO_DIR=/deno-dir
COPY . ./
RUN mkdir -p /deno-dir && deno install --entrypoint main.ts
RUN deno task build

FROM denoland/deno:debian-2.5.6
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /deno-dir /deno-dir
COPY --from=build --chown=1000:1000 /app /app
ENV DENO_DIR=/deno-dir HOME=/tmp PORT=8000
USER 1000:1000
EXPOSE 8000
ENTRYPOINT []
CMD ["deno", "run", "-A", "main.ts"]
