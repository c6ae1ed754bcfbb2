package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.secret.Redactor;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.status.ReasonCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Reads the Dockerfile of a context and acts out FROM, RUN (see {@link FakeShell}) and COPY. What a
 * stage before is said to have made is taken from the context, from a directory of that name:
 * {@code COPY --from=build /app/dist /site} takes what is in {@code dist}. Of an ignore file only
 * whole paths count. Package managers are there and do nothing. Of the mounts of a RUN only caches
 * are there, and only {@code echo ... > /file} and {@code cat /file} see them; and secrets, which
 * {@code cat} prints.
 */
final class FakeBuilder {
    private static final Pattern SECRET = Pattern.compile("--mount=type=secret,id=(\\w+)");

    /** What these do is nothing to a fake. */
    private static final Set<String> WORK = Set.of("npm", "pnpm", "yarn", "bun", "chown");

    private final ImageBuild build;
    private final Predicate<String> hasImage;
    private final Consumer<String> log;
    private final Map<String, String> cacheMounts;
    private final List<String> printed = new ArrayList<>();
    private final SortedMap<String, byte[]> context = new TreeMap<>();
    private final SortedMap<String, byte[]> image = new TreeMap<>();

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

    /**
     * Builds.
     *
     * @return what the image holds, but for its base image: content by absolute path
     */
    SortedMap<String, byte[]> run() throws ReconcileException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        ImageBuild.Form form =
                build.secrets().isEmpty() ? ImageBuild.Form.ANY : ImageBuild.Form.BUILDKIT;
        build.context(form).writeTo(tar);
        unpack(tar.toByteArray());
        byte[] dockerfile = context.get(build.dockerfile().path());
        if (dockerfile == null) {
            throw failed("Cannot locate specified Dockerfile: " + build.dockerfile().path());
        }
        List<String> steps =
                new String(dockerfile, StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
        for (int i = 0; i < steps.size(); i++) {
            print("Step %d/%d : %s".formatted(i + 1, steps.size(), steps.get(i)));
            step(steps.get(i));
        }
        print("Successfully tagged " + build.reference());
        return image;
    }

    private void step(String step) throws Stalled {
        String[] words = step.split("\\s+", 2);
        switch (words[0]) {
            case "FROM" -> {
                image.clear();
                String base = words[1].split("\\s+", 2)[0];
                if (!base.equals("scratch") && !hasImage.test(base)) {
                    throw failed("pull access denied for " + base);
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
            case "COPY" -> copy(List.of(words[1].split("\\s+", -1)));
            case "CMD",
                    "ENTRYPOINT",
                    "ENV",
                    "ARG",
                    "LABEL",
                    "USER",
                    "WORKDIR",
                    "VOLUME",
                    "EXPOSE" -> {}
            default -> throw failed("dockerfile parse error: unknown instruction: " + words[0]);
        }
    }

    private void copy(List<String> words) {
        byte[] rules = context.get(".dockerignore");
        List<String> ignored =
                rules == null
                        ? List.of()
                        : new String(rules, StandardCharsets.UTF_8).lines().toList();
        List<String> paths = words.stream().filter(word -> !word.startsWith("--")).toList();
        boolean made = words.getFirst().startsWith("--from=");
        String to = paths.getLast();
        for (String from : paths.subList(0, paths.size() - 1)) {
            String below = made ? from.substring(from.lastIndexOf('/') + 1) + "/" : from + "/";
            context.forEach(
                    (path, content) -> {
                        if (ignored.contains(path)) {
                            return;
                        }
                        if (from.equals(".")) {
                            image.put(to + "/" + path, content);
                        } else if (path.startsWith(below)) {
                            image.put(to + "/" + path.substring(below.length()), content);
                        }
                    });
        }
    }

    /** A secret is a file that can be printed, and what is printed is told without it. */
    private FakeShell.Result withSecret(String words) {
        Matcher mount = SECRET.matcher(words);
        if (!mount.lookingAt()) {
            throw new IllegalArgumentException("no mount that is known here: " + words);
        }
        Secret secret = build.secrets().get(mount.group(1));
        if (secret == null) {
            return new FakeShell.Result(List.of("secret " + mount.group(1) + ": not found"), 1);
        }
        return words.endsWith("cat /run/secrets/" + mount.group(1))
                ? new FakeShell.Result(
                        List.of(new Redactor(build.secrets().values()).clean(secret.text())), 0)
                : new FakeShell.Result(List.of(), 0);
    }

    private FakeShell.Result run(String words) {
        if (words.startsWith("--mount=type=secret,")) {
            return withSecret(words);
        }
        if (!words.startsWith("--mount=type=cache,")) {
            return shell(words);
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
        return shell(command);
    }

    private static FakeShell.Result shell(String command) {
        return WORK.contains(command.split("\\s+", 2)[0])
                ? new FakeShell.Result(List.of(), 0)
                : FakeShell.run(List.of("sh", "-c", command));
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

    private void unpack(byte[] tar) {
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (TarArchiveEntry entry = in.getNextEntry();
                    entry != null;
                    entry = in.getNextEntry()) {
                if (entry.isFile()) {
                    context.put(entry.getName(), in.readAllBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
