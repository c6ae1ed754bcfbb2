package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Lets Jazzer look for inputs that the fuzz targets do not expect, some thousand each; {@code
 * -Dberth.fuzz.seconds=600} for so long instead. A process of its own for each target, since the
 * agent rewrites every class. What is found lies in {@code target/fuzz} and belongs into {@code
 * src/test/resources/fuzz}, from where plain tests repeat it.
 */
class FuzzIT {
    private static final Path LIBRARIES = Path.of("target/jazzer").toAbsolutePath();
    private static final Path CORPUS = Path.of("src/test/resources/fuzz").toAbsolutePath();
    private static final int MOST_IN_A_BUILD = 8_000;
    private static final int MOST_SECONDS = 120;

    /** Seconds; the first input of all is not done before its classes are rewritten. */
    private static final int HANGS_AFTER = 60;

    private static final int SECONDS = Integer.getInteger("berth.fuzz.seconds", 0);

    @ParameterizedTest(name = "{0}")
    @Timeout(value = 1, unit = TimeUnit.DAYS, threadMode = Timeout.ThreadMode.SAME_THREAD)
    @CsvSource({
        "request-heads, listen.RequestFuzzTest$Heads",
        "request-chunks, listen.RequestFuzzTest$Chunks",
        "snapshots, control.SnapshotFuzzTest",
        "h2-heads, h2.Http2HeadFuzzTest"
    })
    void target_anyInput_isExpected(String name, String target) throws Exception {
        Path directory = Path.of("target/fuzz").toAbsolutePath();
        Path found = Files.createDirectories(directory.resolve(name));
        Path output = directory.resolve(name + ".log");
        Process process =
                new ProcessBuilder(command(name, target, found))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(SECONDS + 300L, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        assertThat(process.exitValue()).as(tail(said)).isZero();
        assertThat(said).as("Jazzer has run").contains("Done ");
    }

    private static List<String> command(String name, String target, Path found) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:+EnableDynamicAgentLoading",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        classPath(),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=dev.berth.proxy." + target,
                        "--instrumentation_includes=dev.berth.**:io.netty.handler.codec.**",
                        "--custom_hook_includes=dev.berth.**",
                        "-max_total_time=" + (SECONDS == 0 ? MOST_SECONDS : SECONDS),
                        "-runs=" + (SECONDS == 0 ? MOST_IN_A_BUILD : -1),
                        "-timeout=" + HANGS_AFTER,
                        "-rss_limit_mb=0",
                        "-artifact_prefix=" + found.resolveSibling(name + "-"),
                        found.toString(),
                        CORPUS.resolve(name).toString()));
        return command;
    }

    private static String classPath() {
        File[] jars = Objects.requireNonNull(LIBRARIES.toFile().listFiles());
        return Stream.concat(
                        Stream.of(System.getProperty("java.class.path")),
                        Stream.of(jars).map(File::toString))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 8000));
    }
}
