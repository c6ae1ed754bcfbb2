# FastAPI, packages by uv.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared pip install 'uv==0.9.*'
ENV UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/app/.venv UV_PYTHON=python3 UV_PYTHON_DOWNLOADS=never
COPY . ./
RUN --mount=type=cache,id=berth/shop/uv,target=/root/.cache/uv,sharing=shared uv sync --locked --no-dev --no-install-project
RUN --mount=type=cache,id=berth/shop/uv,target=/root/.cache/uv,sharing=shared uv sync --locked --no-dev
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared pip --python /app/.venv/bin/python install 'uvicorn==0.*'

FROM python:3.13-slim-bookworm
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV FORWARDED_ALLOW_IPS="*" PATH="/app/.venv/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp PORT=8000
USER 1000:1000
EXPOSE 8000
ENTRYPOINT []
CMD ["/bin/sh", "-c", "exec uvicorn --host 0.0.0.0 --port $PORT --timeout-graceful-shutdown 8 main:app"]
