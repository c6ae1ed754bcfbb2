package dev.berth.proxy.guard;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.berth.proxy.limit.ClientNetwork;
import dev.berth.schemas.edge.Policy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares passwords with their hashes. A bcrypt comparison takes some 50 ms of a core, so it runs
 * on one thread of its own (a virtual one would keep health checks and the link to control waiting
 * on a machine with one core) with few waiting, and a client has few tries; what fitted is
 * remembered, as a digest, so that a browser pays once and not for every picture. Thread-safe.
 */
final class PasswordHashes {
    private static final String SALTED = "sha256:";
    private static final int MAX_REMEMBERED = 1024;
    private static final int MAX_WAITING = 32;

    /** A comparison each, right or wrong: what fitted is remembered and costs none. */
    private static final Policy.RateLimit TRIES =
            new Policy.RateLimit(1, Duration.ofSeconds(2), 10);

    private final RateBuckets tries;
    private final ThreadPoolExecutor worker =
            new ThreadPoolExecutor(
                    1,
                    1,
                    10,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MAX_WAITING),
                    task -> Thread.ofPlatform().daemon().name("passwords").unstarted(task));
    private final Object lock = new Object();
    private final Map<String, Boolean> fitted =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > MAX_REMEMBERED;
                }
            };

    /**
     * Nothing is remembered.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    PasswordHashes(LongSupplier nanoTime) {
        this.tries = new RateBuckets(TRIES, nanoTime);
        worker.allowCoreThreadTimeOut(true);
    }

    /** Whether they fit, if that can be told without much work; else {@code null}. */
    @Nullable Boolean fitsAtOnce(String hash, String password) {
        if (hash.startsWith(SALTED)) {
            int colon = hash.indexOf(':', SALTED.length());
            String salt = hash.substring(SALTED.length(), colon);
            return MessageDigest.isEqual(
                    sha256(salt + password),
                    HexFormat.of().parseHex(hash, colon + 1, hash.length()));
        }
        synchronized (lock) {
            return fitted.containsKey(key(hash, password)) ? true : null;
        }
    }

    /**
     * Whether they fit; {@code null} when too many are asking, or one client too often. Never
     * completes exceptionally.
     *
     * @param client as {@link ClientNetwork#of} gives it
     */
    @Nullable CompletionStage<Boolean> fits(String client, String hash, String password) {
        if (tries.take(client) > 0) {
            return null;
        }
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        try {
            worker.execute(
                    () -> {
                        boolean fits = false;
                        try {
                            fits = compare(hash, password);
                        } finally {
                            answer.complete(fits);
                        }
                    });
        } catch (RejectedExecutionException e) {
            return null;
        }
        return answer;
    }

    private boolean compare(String hash, String password) {
        // What is longer than bcrypt reads never fits, instead of fitting by its beginning.
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        boolean fits =
                bytes.length <= BCrypt.Version.VERSION_2A.allowedMaxPwLength
                        && BCrypt.verifyer()
                                .verify(bytes, hash.getBytes(StandardCharsets.US_ASCII))
                                .verified;
        if (fits) {
            synchronized (lock) {
                fitted.put(key(hash, password), true);
            }
        }
        return fits;
    }

    private static String key(String hash, String password) {
        return HexFormat.of().formatHex(sha256(hash + password));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
