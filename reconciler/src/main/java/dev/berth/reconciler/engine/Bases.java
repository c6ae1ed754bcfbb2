package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.engine.buildlog.BuildFault;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The images that builds start from. Those that the engine lacks are pulled as any other is:
 * private ones work with every builder, and what they are can be told. One that came from a
 * registry is asked for again once a day, so that a name that follows a line brings its fixes; when
 * the registry does not answer, the one there is does. What its name was taken from goes with the
 * next that replaces it. Thread-safe.
 */
final class Bases {
    private static final Duration FRESH = Duration.ofHours(24);
    private static final Duration AFTER_A_FAILURE = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final DockerImages images;
    private final LongSupplier nanos;
    private final Map<String, Long> dueAt = new ConcurrentHashMap<>();
    private final Map<String, String> replaced = new ConcurrentHashMap<>();

    /**
     * None was asked for yet.
     *
     * @param nanos as {@link System#nanoTime}
     */
    Bases(DockerImages images, LongSupplier nanos) {
        this.images = images;
        this.nanos = nanos;
    }

    /**
     * Makes sure that the engine has them.
     *
     * @param within the time for all of them
     * @return what each is in its registry, {@code sha256:...} by reference; without those that are
     *     in none, or are named by it already
     * @throws Stalled if a registry does not give one
     * @throws Transient if it can't be reached
     */
    SortedMap<String, String> provide(
            Collection<String> references, Duration within, Consumer<String> log)
            throws ReconcileException {
        long end = nanos.getAsLong() + within.toNanos();
        SortedMap<String, String> digests = new TreeMap<>();
        for (String reference : references) {
            Duration left = Duration.ofNanos(Math.max(1, end - nanos.getAsLong()));
            if (!images.has(reference)) {
                log.accept("pulling " + reference);
                pull(reference, left);
            } else if (isDue(reference)) {
                refresh(reference, left.compareTo(PATIENCE) < 0 ? left : PATIENCE, log);
            }
            String digest = reference.contains("@") ? null : images.digest(reference);
            if (digest != null) {
                digests.put(reference, digest);
            }
        }
        return digests;
    }

    private boolean isDue(String reference) throws ReconcileException {
        Long due = dueAt.get(reference);
        return (due == null || nanos.getAsLong() - due >= 0)
                && !reference.contains("@")
                && images.digest(reference) != null;
    }

    private void pull(String reference, Duration within) throws ReconcileException {
        try {
            images.pull(reference, within);
            ask(reference, FRESH);
        } catch (Stalled refused) {
            throw new Stalled(
                    ReasonCode.BuildFailed,
                    new BuildFault.UnknownBaseImage(reference).advice()
                            + "\n"
                            + refused.getMessage(),
                    refused);
        }
    }

    /** Others who build meanwhile take the one there is. */
    private void refresh(String reference, Duration within, Consumer<String> log)
            throws ReconcileException {
        ask(reference, FRESH);
        log.accept("looking for a newer " + reference);
        String before = images.id(reference);
        try {
            images.pull(reference, within);
        } catch (Stalled | Transient failed) {
            if (failed.reason() != ReasonCode.PullFailed) {
                throw failed;
            }
            log.accept(
                    "the one there is does: " + failed.getMessage().lines().findFirst().orElse(""));
            ask(reference, AFTER_A_FAILURE);
            return;
        }
        if (!before.equals(images.id(reference))) {
            forget(replaced.put(reference, before));
        }
    }

    /** A day after its name went to another, when no build can be at it any more. */
    private void forget(@Nullable String id) throws ReconcileException {
        if (id != null) {
            images.removeUnused(id);
        }
    }

    private void ask(String reference, Duration after) {
        dueAt.put(reference, nanos.getAsLong() + after.toNanos());
    }
}
