# Flask, packages by poetry.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared pip install 'poetry==2.*'
ENV POETRY_VIRTUALENVS_IN_PROJECT=true
COPY . ./
RUN --mount=type=cache,id=berth/shop/poetry,target=/root/.cache/pypoetry,sharing=shared poetry install --only main --no-root --no-interaction
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
