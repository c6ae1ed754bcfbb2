# Spring Boot, packages by Maven.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM eclipse-temurin:17-jdk AS build
WORKDIR /app
COPY . ./
RUN --mount=type=cache,id=berth/shop/maven,target=/root/.m2/repository,sharing=locked --mount=type=cache,id=berth/shop/maven-wrapper,target=/root/.m2/wrapper,sharing=locked sh ./mvnw -B -ntp -DskipTests package && mkdir -p /out && cp "$(ls target/*.jar | grep -Ev -- '-(sources|javadoc|plain|tests)[.]jar$|/original-' | head -n 1)" /out/app.jar

FROM eclipse-temurin:17-jre
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /out /app
ENV JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75 HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["/bin/sh", "-c", "exec java -Dserver.port=$PORT -Dspring.lifecycle.timeout-per-shutdown-phase=8s -jar app.jar"]
