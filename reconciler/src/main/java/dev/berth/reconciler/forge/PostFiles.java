package dev.berth.reconciler.forge;

import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of the posts outlives the process: those that wait, a file each, and in {@code sent.json}
 * what was taken last, by key. For one thread.
 */
final class PostFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PostFiles.class);
    private static final int MOST_SENT = 2000;

    private final Path sentFile;
    private final Path waiting;

    /**
     * @param directory made when it is missing
     */
    PostFiles(Path directory) {
        this.sentFile = directory.resolve("sent.json");
        this.waiting = directory.resolve("waiting");
    }

    /**
     * What was taken.
     *
     * @param hash of the post, as {@link #hash} says
     * @param pending the post, when it says that something is under way; {@code null} = it does not
     */
    record Sent(String hash, Instant at, Post.@Nullable Status pending) {}

    /** A post that waits, as it is kept: one of the three is there. */
    record Kept(
            String key,
            Instant since,
            Post.@Nullable Status status,
            Post.@Nullable Comment comment,
            Post.@Nullable Lines lines) {
        static Kept of(String key, Instant since, Post post) {
            return switch (post) {
                case Post.Status status -> new Kept(key, since, status, null, null);
                case Post.Comment comment -> new Kept(key, since, null, comment, null);
                case Post.Lines lines -> new Kept(key, since, null, null, lines);
            };
        }

        @Nullable Post post() {
            return status != null ? status : comment != null ? comment : lines;
        }
    }

    private record AllSent(Map<String, Sent> sent) {}

    /** The same for equal posts, and for no others. */
    static String hash(Post post) {
        return digest(Json.write(Kept.of("", Instant.EPOCH, post)));
    }

    /** What was taken last of each key; nothing when that can't be read. */
    Map<String, Sent> sent() {
        try {
            return new TreeMap<>(Json.read(Files.readString(sentFile), AllSent.class).sent());
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} can't be read, what holds is said again: {}", sentFile, e.toString());
            return new TreeMap<>();
        }
    }

    /**
     * Keeps what was taken, and forgets of it what is oldest.
     *
     * @throws IOException if it can't be kept
     */
    void keep(Map<String, Sent> sent) throws IOException {
        List<Map.Entry<String, Sent>> oldest =
                sent.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue(Comparator.comparing(Sent::at)))
                        .limit(Math.max(0, sent.size() - MOST_SENT))
                        .toList();
        oldest.forEach(entry -> sent.remove(entry.getKey()));
        WholeFile.write(sentFile, Json.write(new AllSent(sent)));
    }

    /** What waits, the oldest first. */
    List<Kept> waiting() {
        List<Path> files;
        try (Stream<Path> listed = Files.list(waiting)) {
            files = listed.filter(f -> f.toString().endsWith(".json")).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            LOG.warn("{} can't be listed: {}", waiting, e.toString());
            return List.of();
        }
        List<Kept> found = new ArrayList<>();
        for (Path file : files) {
            try {
                found.add(Json.read(Files.readString(file), Kept.class));
            } catch (IOException | RuntimeException e) {
                LOG.warn("{} is no post and is left where it is: {}", file, e.toString());
            }
        }
        found.sort(Comparator.comparing(Kept::since).thenComparing(Kept::key));
        return found;
    }

    /**
     * Keeps one in place of what waited with that key.
     *
     * @throws IOException if it can't be kept
     */
    void keep(Kept post) throws IOException {
        WholeFile.write(file(post.key()), Json.write(post));
    }

    /**
     * Forgets what waited with that key.
     *
     * @throws IOException if it can't be
     */
    void delete(String key) throws IOException {
        Files.deleteIfExists(file(key));
    }

    private Path file(String key) {
        return waiting.resolve(digest(key) + ".json");
    }

    private static String digest(String text) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
