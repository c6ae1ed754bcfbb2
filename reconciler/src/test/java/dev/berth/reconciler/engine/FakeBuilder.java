package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.schemas.status.ReasonCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Dockerfile of a context and acts out FROM and RUN (see {@link FakeShell}). Of the
 * mounts of a RUN only caches are there, and only {@code echo ... > /file} and {@code cat /file}
 * see them.
 */
final class FakeBuilder {
    private final ImageBuild build;
    private final Predicate<String> hasImage;
    private final Consumer<String> log;
    private final Map<String, String> cacheMounts;
    private final List<String> printed = new ArrayList<>();

    /**
     * @param cacheMounts what is in them, by path; kept by the caller from build to build
     */
    FakeBuilder(
            ImageBuild build,
            Predicate<String> hasImage,
            Map<String, String> cacheMounts,
            Consumer<String> log) {
        this.build = build;
        this.cacheMounts = cacheMounts;
        this.hasImage = hasImage;
        this.log = log;
    }

    void run() throws ReconcileException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        build.context().writeTo(tar);
        String dockerfile = find(tar.toByteArray());
        if (dockerfile == null) {
            throw failed("Cannot locate specified Dockerfile: " + build.dockerfile().path());
        }
        List<String> steps = dockerfile.lines().filter(line -> !line.isBlank()).toList();
        for (int i = 0; i < steps.size(); i++) {
            print("Step %d/%d : %s".formatted(i + 1, steps.size(), steps.get(i)));
            step(steps.get(i));
        }
        print("Successfully tagged " + build.reference());
    }

    private void step(String step) throws Stalled {
        String[] words = step.split("\\s+", 2);
        switch (words[0]) {
            case "FROM" -> {
                if (!hasImage.test(words[1])) {
                    throw failed("pull access denied for " + words[1]);
                }
            }
            case "RUN" -> {
                FakeShell.Result result = run(words[1]);
                result.output().forEach(this::print);
                Integer code = result.exitCode();
                if (code != null && code != 0) {
                    throw failed(
                            "The command '/bin/sh -c %s' returned a non-zero code: %d"
                                    .formatted(words[1], code));
                }
            }
            case "CMD", "COPY", "ENV", "ARG", "LABEL", "USER", "WORKDIR", "VOLUME", "EXPOSE" -> {}
            default -> throw failed("dockerfile parse error: unknown instruction: " + words[0]);
        }
    }

    private FakeShell.Result run(String words) {
        if (!words.startsWith("--mount=type=cache,")) {
            return FakeShell.run(List.of("sh", "-c", words));
        }
        String command = words.split("\\s+", 2)[1];
        Matcher written = Pattern.compile("echo (.*) > (/\\S+)").matcher(command);
        Matcher read = Pattern.compile("cat (/\\S+)").matcher(command);
        if (written.matches()) {
            cacheMounts.put(written.group(2), written.group(1));
            return new FakeShell.Result(List.of(), 0);
        }
        if (read.matches()) {
            String kept = cacheMounts.get(read.group(1));
            return kept == null
                    ? new FakeShell.Result(List.of("no such file"), 1)
                    : new FakeShell.Result(List.of(kept), 0);
        }
        return FakeShell.run(List.of("sh", "-c", command));
    }

    private void print(String line) {
        printed.add(line);
        log.accept(line);
    }

    private Stalled failed(String why) {
        List<String> last = printed.subList(Math.max(0, printed.size() - 20), printed.size());
        return new Stalled(
                ReasonCode.BuildFailed,
                "the build of %s failed: %s%s"
                        .formatted(
                                build.reference(),
                                why,
                                last.isEmpty() ? "" : "\n" + String.join("\n", last)));
    }

    private @Nullable String find(byte[] tar) {
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (TarArchiveEntry entry = in.getNextEntry();
                    entry != null;
                    entry = in.getNextEntry()) {
                if (entry.getName().equals(build.dockerfile().path())) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
