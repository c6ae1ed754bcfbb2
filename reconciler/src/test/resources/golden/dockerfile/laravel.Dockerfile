# Laravel, packages by Composer.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM dunglas/frankenphp:1-php8.4-bookworm AS build
WORKDIR /app
RUN install-php-extensions bcmath exif gd intl mysqli opcache pcntl pdo_mysql pdo_pgsql redis zip
RUN rm -rf /app/public
RUN apt-get update && apt-get install -y --no-install-recommends git unzip && rm -rf /var/lib/apt/lists/*
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
ENV COMPOSER_ALLOW_SUPERUSER=1
COPY composer.json composer.lock ./
RUN --mount=type=cache,id=berth/shop/composer,target=/root/.cache/composer,sharing=shared composer install --no-dev --no-scripts --no-autoloader --no-interaction --prefer-dist
COPY . ./
RUN composer dump-autoload --no-dev --optimize
COPY --from=node:24-bookworm-slim /usr/local /usr/local
RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared npm ci --no-audit --no-fund
RUN npm run build && rm -rf node_modules

FROM dunglas/frankenphp:1-php8.4-bookworm
WORKDIR /app
RUN install-php-extensions bcmath exif gd intl mysqli opcache pcntl pdo_mysql pdo_pgsql redis zip
RUN rm -rf /app/public
RUN cp "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"
RUN setcap -r /usr/local/bin/frankenphp
RUN { echo '{'; echo '  frankenphp'; echo '  admin off'; echo '  auto_https off'; echo '  grace_period 8s'; echo '}'; echo ':{$PORT} {'; echo '  root * /app/public'; echo '  @private {'; echo '    path_regexp (?i)/[.]|[.](?:(?:php[0-9a-z_]+|phtml|phar|inc|pl|cgi|aspx?|ashx|asmx|jspx?)(?:~|[.](?:bak|old|orig|save|sw[a-z]|tmp))?|php(?:~|[.](?:bak|old|orig|save|sw[a-z]|tmp)))$'; echo '    not path /.well-known/*'; echo '  }'; echo '  route {'; echo '    respond @private 404'; echo '    php_server'; echo '  }'; echo '}'; } > /etc/Caddyfile
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV APP_ENV=production LOG_CHANNEL=stderr XDG_CONFIG_HOME=/tmp XDG_DATA_HOME=/tmp HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["frankenphp", "run", "--config", "/etc/Caddyfile"]
