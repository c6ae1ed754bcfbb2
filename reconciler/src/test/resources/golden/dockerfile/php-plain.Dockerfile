# PHP.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM dunglas/frankenphp:1-php8.4-bookworm AS build
WORKDIR /app
RUN install-php-extensions bcmath exif gd intl mysqli opcache pcntl pdo_mysql pdo_pgsql redis zip
RUN rm -rf /app/public
COPY . ./

FROM dunglas/frankenphp:1-php8.4-bookworm
WORKDIR /app
RUN install-php-extensions bcmath exif gd intl mysqli opcache pcntl pdo_mysql pdo_pgsql redis zip
RUN rm -rf /app/public
RUN cp "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"
RUN setcap -r /usr/local/bin/frankenphp
RUN { echo '{'; echo '  frankenphp'; echo '  admin off'; echo '  auto_https off'; echo '  grace_period 8s'; echo '}'; echo ':{$PORT} {'; echo '  root * /app'; echo '  @private {'; echo '    path_regexp (?i)/[.]|[.](?:(?:php[0-9a-z_]+|phtml|phar|inc|pl|cgi|aspx?|ashx|asmx|jspx?)(?:~|[.](?:bak|old|orig|save|sw[a-z]|tmp))?|php(?:~|[.](?:bak|old|orig|save|sw[a-z]|tmp)))$|^/(vendor|node_modules)/|^/(composer[.](json|lock)|package(-lock)?[.]json|Dockerfile|Procfile)$|[.](sql|sqlite|db|log|lock|ya?ml|ini|md|sh|twig)$|(?:~|[.](?:bak|old|orig|save|sw[a-z]|tmp))$'; echo '    not path /.well-known/*'; echo '  }'; echo '  route {'; echo '    respond @private 404'; echo '    php_server'; echo '  }'; echo '}'; } > /etc/Caddyfile
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /app /app
ENV XDG_CONFIG_HOME=/tmp XDG_DATA_HOME=/tmp HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["frankenphp", "run", "--config", "/etc/Caddyfile"]
