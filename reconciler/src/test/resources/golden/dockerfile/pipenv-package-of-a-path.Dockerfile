# Flask, packages by pipenv.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared pip install 'pipenv==2025.*'
ENV PIPENV_VENV_IN_PROJECT=1
COPY . ./
RUN --mount=type=cache,id=berth/shop/pipenv,target=/root/.cache/pipenv,sharing=shared pipenv sync
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared pip --python /app/.venv/bin/python install 'gunicorn==26.*'

FROM python:3.13-slim-bookworm
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV FORWARDED_ALLOW_IPS="*" PATH="/app/.venv/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp PORT=8000
USER 1000:1000
EXPOSE 8000
ENTRYPOINT []
CMD ["gunicorn", "--graceful-timeout", "8", "app:app"]
