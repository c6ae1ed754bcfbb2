package dev.berth.reconciler.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A bare repo made by the git command line, as people have them, with a work tree to push from. The
 * branch is {@code main}.
 */
public final class ScratchRepo {
    private final Path bare;
    private final Path work;

    public ScratchRepo(Path directory) {
        this.bare = directory.resolve("origin.git");
        this.work = directory.resolve("work");
        try {
            Files.createDirectories(work);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(directory, "init", "-q", "--bare", "-b", "main", bare.toString());
        git("init", "-q", "-b", "main");
        git("remote", "add", "origin", bare.toString());
    }

    public Path bare() {
        return bare;
    }

    public Path work() {
        return work;
    }

    /** The URL that Berth is told. */
    public RepoUrl url() {
        return url(bare.toUri().toString());
    }

    static RepoUrl url(String text) {
        try {
            return RepoUrl.parse(text);
        } catch (RepoUrl.InvalidRepoUrlException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes files, commits and pushes them; gives the commit. */
    public String push(Map<String, String> files) {
        files.forEach(this::write);
        return commitAndPush("change " + files.keySet());
    }

    public String push(String path, String content) {
        return push(Map.of(path, content));
    }

    public void write(String path, String content) {
        try {
            Path file = work.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Commits all that the work tree has, and pushes the branch over whatever is there. */
    public String commitAndPush(String message) {
        git("add", "-A");
        git("commit", "-q", "--allow-empty", "-m", message);
        git("push", "-q", "-f", "origin", "HEAD");
        return head();
    }

    /** The same, signed. */
    public String commitSignedAndPush(SigningKey key, String message) {
        commitSigned(key, message);
        git("push", "-q", "-f", "origin", "HEAD");
        return head();
    }

    /** Commits all that the work tree has, signed, and pushes nothing. */
    public String commitSigned(SigningKey key, String message) {
        git("add", "-A");
        sign(key, "commit", "-q", "--allow-empty", "-m", message);
        return head();
    }

    /** Runs a git command that makes commits, so that it signs them. */
    public void sign(SigningKey key, String... args) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "-c",
                                "gpg.format=ssh",
                                "-c",
                                "commit.gpgSign=true",
                                "-c",
                                "user.signingKey=" + key.file()));
        all.addAll(List.of(args));
        git(all.toArray(String[]::new));
    }

    public String head() {
        return git("rev-parse", "HEAD");
    }

    /** Runs git in the work tree; gives what it printed. */
    public String git(String... args) {
        return run(work, args);
    }

    public String gitInBare(String... args) {
        return run(bare, args);
    }

    private static String run(Path directory, String... args) {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        isolate(builder.environment());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + " failed: " + output);
            }
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static void isolate(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("GIT_"));
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
        environment.put("GIT_AUTHOR_NAME", "Ada Lovelace");
        environment.put("GIT_AUTHOR_EMAIL", "ada@example.com");
        environment.put("GIT_COMMITTER_NAME", "Ada Lovelace");
        environment.put("GIT_COMMITTER_EMAIL", "ada@example.com");
    }
}
