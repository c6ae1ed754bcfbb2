package dev.berth.reconciler.simulation;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another JVM like this one, which runs a class and whose lines are of interest. */
final class SecondJvm implements AutoCloseable {
    private final Process process;
    private final CompletableFuture<List<String>> lines;

    private SecondJvm(Process process) {
        this.process = process;
        this.lines = CompletableFuture.supplyAsync(() -> process.inputReader().lines().toList());
    }

    static SecondJvm start(Class<?> type) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-Djdk.trackAllThreads=false"));
        settings().forEach(command::add);
        command.addAll(List.of("-cp", classPath(), type.getName()));
        return new SecondJvm(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Of the tests: it is to do the same. */
    private static Stream<String> settings() {
        return System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("berth."))
                .map(name -> "-D" + name + "=" + System.getProperty(name));
    }

    /** Also of a class loader that a test runner makes. */
    private static String classPath() {
        return SecondJvm.class.getClassLoader() instanceof URLClassLoader loader
                ? Stream.of(loader.getURLs())
                        .map(URL::getPath)
                        .collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    /** What it printed, once it has ended. */
    List<String> lines(Duration within) throws Exception {
        List<String> all = lines.get(within.toSeconds(), TimeUnit.SECONDS);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("it ended with " + process.exitValue() + ": " + all);
        }
        return all;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
