# Java, packages by Gradle.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM gradle:9-jdk21 AS build
WORKDIR /app
COPY . ./
RUN --mount=type=cache,id=berth/shop/gradle,target=/root/.gradle/caches,sharing=locked gradle --no-daemon installDist -x test && cp -r build/install/* /out

FROM eclipse-temurin:21-jre
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /out /app
ENV JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75 HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["/app/bin/shop"]
