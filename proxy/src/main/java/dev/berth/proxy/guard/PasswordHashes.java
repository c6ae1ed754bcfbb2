package dev.berth.proxy.guard;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Compares passwords with their hashes. A bcrypt comparison takes some 50 ms of a core, so it runs
 * on a thread of its own, few at a time and few waiting; what fitted is remembered, as a digest, so
 * that a browser pays once and not for every picture. Thread-safe.
 */
final class PasswordHashes {
    private static final String SALTED = "sha256:";
    private static final int MAX_REMEMBERED = 1024;
    private static final int MAX_WAITING = 32;

    private final Semaphore cores =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    private final AtomicInteger waiting = new AtomicInteger();
    private final Object lock = new Object();
    private final Map<String, Boolean> fitted =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > MAX_REMEMBERED;
                }
            };

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

    /** Whether they fit; {@code null} when too many are asking. Never completes exceptionally. */
    @Nullable CompletionStage<Boolean> fits(String hash, String password) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return null;
        }
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("password")
                .start(
                        () -> {
                            boolean fits = false;
                            try {
                                fits = compare(hash, password);
                            } finally {
                                waiting.decrementAndGet();
                                answer.complete(fits);
                            }
                        });
        return answer;
    }

    private boolean compare(String hash, String password) {
        cores.acquireUninterruptibly();
        boolean fits;
        try {
            // What is longer than bcrypt reads never fits, instead of fitting by its beginning.
            byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
            fits =
                    bytes.length <= BCrypt.Version.VERSION_2A.allowedMaxPwLength
                            && BCrypt.verifyer()
                                    .verify(bytes, hash.getBytes(StandardCharsets.US_ASCII))
                                    .verified;
        } finally {
            cores.release();
        }
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
