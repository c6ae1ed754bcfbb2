# Quarkus, packages by Maven.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM maven:3-eclipse-temurin-21 AS build
WORKDIR /app
COPY . ./
RUN --mount=type=cache,id=berth/shop/maven,target=/root/.m2/repository,sharing=locked mvn -B -ntp -DskipTests package && cp -r target/quarkus-app /out

FROM eclipse-temurin:21-jre
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /out /app
ENV JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75 HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["/bin/sh", "-c", "exec java -Dquarkus.http.port=$PORT -Dquarkus.http.host=0.0.0.0 -Dquarkus.shutdown.timeout=8s -jar quarkus-run.jar"]
