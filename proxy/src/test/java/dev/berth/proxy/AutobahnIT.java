package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.WebSocketBackend;
import dev.berth.schemas.Json;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Autobahn suite of WebSocket against one backend, directly and through the edge, which must
 * change no verdict: it relays bytes. A test for each case.
 */
class AutobahnIT {
    private static final Path LIBRARIES = Path.of("target/autobahn").toAbsolutePath();
    private static final Path SCRIPT =
            Path.of("src/test/resources/run-autobahn.py").toAbsolutePath();

    /**
     * What the suite says of a case. Whether the echo and the close frame that come before the end
     * of a broken connection still reach its client is chance, with and without the edge: the suite
     * calls the one OK and the other NON-STRICT, and accepts both.
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Verdict(String behavior, String behaviorClose) {
        Verdict {
            behavior = behavior.equals("NON-STRICT") ? "OK" : behavior;
        }
    }

    private record Report(Map<String, Verdict> direct, Map<String, Verdict> proxied) {}

    @TestFactory
    @Timeout(240)
    Stream<DynamicTest> sameVerdicts(@TempDir Path reports) throws Exception {
        try (WebSocketBackend backend = WebSocketBackend.start();
                TestEdge edge = TestEdge.start()) {
            edge.serve(Routes.proxy("127.0.0.1", backend.address()));
            run(reports, backend.port(), edge.port());
        }
        Report report = Json.read(Files.readString(reports.resolve("index.json")), Report.class);
        assertThat(report.direct()).hasSizeGreaterThan(100);
        assertThat(report.proxied()).hasSameSizeAs(report.direct());
        return report.direct().entrySet().stream()
                .map(
                        direct ->
                                DynamicTest.dynamicTest(
                                        direct.getKey(),
                                        () ->
                                                assertThat(report.proxied().get(direct.getKey()))
                                                        .as(direct.getKey())
                                                        .isEqualTo(direct.getValue())));
    }

    private static void run(Path reports, int direct, int proxied) throws Exception {
        Path output = reports.resolve("output");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-Dpython.cachedir.skip=true",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1"));
        for (String opened : List.of("lang", "util", "io", "net", "nio")) {
            command.add("--add-opens=java.base/java." + opened + "=ALL-UNNAMED");
        }
        command.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
        command.addAll(
                List.of(
                        "-cp",
                        libraries(),
                        "org.python.util.jython",
                        "-B",
                        SCRIPT.toString(),
                        reports.toString(),
                        "direct",
                        "ws://127.0.0.1:" + direct,
                        "proxied",
                        "ws://127.0.0.1:" + proxied));
        Process process =
                new ProcessBuilder(command)
                        .directory(reports.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(200, TimeUnit.SECONDS)).as("ended in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    private static String libraries() {
        File[] jars = Objects.requireNonNull(LIBRARIES.toFile().listFiles());
        return Stream.of(jars)
                .map(File::toString)
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }
}
