package dev.berth.reconciler.build.recognise.language;

import dev.berth.schemas.config.Command;

/** What a program on the JVM is written with, and how that is told its port. */
enum JvmServer {
    SPRING_BOOT(
            "Spring Boot",
            "org.springframework.boot",
            "-Dserver.port=$PORT -Dspring.lifecycle.timeout-per-shutdown-phase=%ds"
                    .formatted(Lines.GRACE)),
    QUARKUS(
            "Quarkus",
            "io.quarkus",
            "-Dquarkus.http.port=$PORT -Dquarkus.http.host=0.0.0.0"
                    + " -Dquarkus.shutdown.timeout=%ds".formatted(Lines.GRACE)),
    PLAIN("Java", "", "");

    private final String title;
    private final String marker;
    private final String options;

    JvmServer(String title, String marker, String options) {
        this.title = title;
        this.marker = marker;
        this.options = options;
    }

    String title() {
        return title;
    }

    String marker() {
        return marker;
    }

    static JvmServer of(String build) {
        if (build.contains(QUARKUS.marker)) {
            return QUARKUS;
        }
        return build.contains(SPRING_BOOT.marker) ? SPRING_BOOT : PLAIN;
    }

    Command start(String jar) {
        return options.isEmpty()
                ? Lines.words("java", "-jar", jar)
                : Lines.line("java %s -jar %s".formatted(options, jar));
    }
}
