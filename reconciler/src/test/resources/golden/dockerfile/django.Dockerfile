# Django, packages by pip.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends libpq-dev gcc && rm -rf /var/lib/apt/lists/*
COPY requirements.txt ./
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared python -m venv /app/.venv && /app/.venv/bin/pip install -r requirements.txt
COPY . ./
RUN --mount=type=cache,id=berth/shop/pip,target=/root/.cache/pip,sharing=shared pip --python /app/.venv/bin/python install 'gunicorn==26.*'
RUN SECRET_KEY=only-for-the-build /app/.venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim-bookworm
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV FORWARDED_ALLOW_IPS="*" PATH="/app/.venv/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp PORT=8000
USER 1000:1000
EXPOSE 8000
ENTRYPOINT []
CMD ["gunicorn", "--graceful-timeout", "8", "mysite.wsgi"]
