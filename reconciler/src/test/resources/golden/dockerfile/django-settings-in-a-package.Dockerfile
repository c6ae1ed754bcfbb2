# Django, packages by pip.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared python -m venv /app/.venv && /app/.venv/bin/pip install -r requirements.txt
COPY . ./
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared pip --python /app/.venv/bin/python install 'uvicorn[standard]==0.*'
RUN SECRET_KEY=only-for-the-build /app/.venv/bin/python manage.py collectstatic --noinput || echo 'collectstatic failed: this image has no static files. Give its settings what they ask for when it is built (env, at: build)'

FROM python:3.13-slim-bookworm
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV FORWARDED_ALLOW_IPS="*" PATH="/app/.venv/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp PORT=8000
USER 1000:1000
EXPOSE 8000
ENTRYPOINT []
CMD ["/bin/sh", "-c", "exec uvicorn --host 0.0.0.0 --port $PORT --timeout-graceful-shutdown 8 config.asgi:application"]
