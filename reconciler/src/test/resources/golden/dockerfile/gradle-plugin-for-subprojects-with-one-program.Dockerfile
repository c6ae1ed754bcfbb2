# Spring Boot, packages by Gradle.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM gradle:9-jdk21 AS build
WORKDIR /app
COPY . ./
RUN --mount=type=cache,id=berth/shop/gradle,target=/root/.gradle/caches,sharing=locked gradle --no-daemon :web:bootJar -x test && mkdir -p /out && cp "$(ls web/build/libs/*.jar | grep -Ev -- '-(sources|javadoc|plain|tests)[.]jar$|/original-' | head -n 1)" /out/app.jar

FROM eclipse-temurin:21-jre
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /out /app
ENV JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75 HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["/bin/sh", "-c", "exec java -Dserver.port=$PORT -Dspring.lifecycle.timeout-per-shutdown-phase=8s -jar app.jar"]
