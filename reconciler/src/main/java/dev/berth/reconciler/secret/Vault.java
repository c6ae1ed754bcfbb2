package dev.berth.reconciler.secret;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The values of secrets, beside the plan and never in it: the loader leaves here what it opened,
 * and who makes a container fetches what that one needs. Values are also kept at rest, for the day
 * on which neither the newest document nor the last right one can be opened. Thread-safe.
 */
public final class Vault {
    /** So long at least a value that was replaced is still kept out of texts. */
    private static final Duration REDACTED_AFTER = Duration.ofHours(1);

    private final Object lock = new Object();
    private final SecretKeys keys;
    private final @Nullable StoredValues store;
    private final InstantSource clock;
    private SortedMap<SecretRef, Secret> values; // the next four: guarded by lock
    private final Map<SecretUse, Replaced> replaced = new HashMap<>();
    private boolean kept = true;
    private boolean replacedKept = true;
    private volatile Redactor redactor;

    private Vault(
            SecretKeys keys,
            @Nullable StoredValues store,
            InstantSource clock,
            SortedMap<SecretRef, Secret> values,
            Collection<Replaced> before) {
        this.keys = keys;
        this.store = store;
        this.clock = clock;
        this.values = new TreeMap<>(values);
        before.forEach(old -> replaced.put(use(old.ref(), old.value()), old));
        this.redactor = redactor(values);
    }

    /**
     * A value that does not count any more, and that a container may still have.
     *
     * @param at since when it does not
     */
    record Replaced(SecretRef ref, Secret value, Instant at) {}

    /**
     * Takes up what is kept at rest.
     *
     * @throws IOException if something kept there can't be opened; the message says what to do
     */
    public static Vault open(SecretKeys keys, SecretStore store, InstantSource clock)
            throws IOException {
        StoredValues stored = new StoredValues(store);
        return new Vault(keys, stored, clock, stored.readAll(), stored.readReplaced());
    }

    /** Keeps nothing at rest; its versions mean nothing to other processes. */
    public static Vault ofThisProcess(InstantSource clock) {
        return ofThisProcess(clock, new SecureRandom());
    }

    /**
     * The same.
     *
     * @param random makes the key of the versions
     */
    public static Vault ofThisProcess(InstantSource clock, SecureRandom random) {
        return new Vault(SecretKeys.ofThisProcess(random), null, clock, new TreeMap<>(), List.of());
    }

    /** One that begins with what this holds and leaves this as it is. Keeps nothing at rest. */
    public Vault copy() {
        synchronized (lock) {
            return new Vault(keys, null, clock, values, replaced.values());
        }
    }

    /** What a container is told to use. */
    public SecretUse use(SecretRef ref, Secret value) {
        return SecretUse.of(ref, keys.fingerprint(ref.toString(), value));
    }

    /** All that counts. */
    public SortedMap<SecretRef, Secret> all() {
        synchronized (lock) {
            return new TreeMap<>(values);
        }
    }

    /** The value that counts; {@code null} when none does. */
    public @Nullable Secret held(SecretRef ref) {
        synchronized (lock) {
            return values.get(ref);
        }
    }

    /** What that holder had when it last could be read. */
    public SortedMap<SecretRef, Secret> lastOf(String holder) {
        synchronized (lock) {
            SortedMap<SecretRef, Secret> found = new TreeMap<>(values);
            found.keySet().removeIf(ref -> !ref.holder().equals(holder));
            return found;
        }
    }

    /**
     * The value of that version.
     *
     * @throws ReconcileException.Waiting if another one counts by now: the next pass plans with it
     */
    public Secret value(SecretUse use) throws ReconcileException {
        Secret value;
        synchronized (lock) {
            value = values.get(use.ref());
        }
        if (value == null || !use(use.ref(), value).equals(use)) {
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded, "secret %s has changed meanwhile".formatted(use.ref()));
        }
        return value;
    }

    /**
     * These values count from now on, and no others.
     *
     * @throws ReconcileException.Transient if they can't be kept at rest; they count all the same
     */
    public void hold(SortedMap<SecretRef, Secret> now) throws ReconcileException.Transient {
        synchronized (lock) {
            SortedMap<SecretRef, Secret> before = values;
            if (before.equals(now) && kept && replacedKept) {
                return;
            }
            values = new TreeMap<>(now);
            replace(before, now);
            redactor = redactor(now);
            if (store == null) {
                replacedKept = true;
            } else {
                keep(store, kept ? before : new TreeMap<>(), now);
            }
        }
    }

    private void replace(SortedMap<SecretRef, Secret> before, SortedMap<SecretRef, Secret> now) {
        Instant time = clock.instant();
        before.forEach(
                (ref, value) -> {
                    if (!value.equals(now.get(ref))) {
                        replaced.put(use(ref, value), new Replaced(ref, value, time));
                        replacedKept = false;
                    }
                });
    }

    /**
     * Forgets values that were replaced an hour ago or more, but for those that somebody still has.
     *
     * @param used what all containers there are were given, running or not
     */
    public void retain(Set<SecretUse> used) {
        synchronized (lock) {
            if (replaced.isEmpty()) {
                return;
            }
            Instant past = clock.instant().minus(REDACTED_AFTER);
            boolean changed =
                    replaced.entrySet()
                            .removeIf(
                                    old ->
                                            old.getValue().at().isBefore(past)
                                                    && !used.contains(old.getKey()));
            if (changed) {
                redactor = redactor(values);
                replacedKept = false; // written with the next values; too many there do no harm
            }
        }
    }

    private Redactor redactor(SortedMap<SecretRef, Secret> now) {
        List<Secret> quiet = new ArrayList<>(now.values());
        replaced.values().forEach(old -> quiet.add(old.value()));
        return new Redactor(quiet);
    }

    private void keep(
            StoredValues stored,
            SortedMap<SecretRef, Secret> before,
            SortedMap<SecretRef, Secret> now)
            throws ReconcileException.Transient {
        kept = false;
        try {
            if (!replacedKept) { // first, so that no crash loses them
                stored.writeReplaced(replaced.values());
                replacedKept = true;
            }
            stored.write(before, now);
            kept = true;
        } catch (IOException e) {
            throw new ReconcileException.Transient(
                    ReasonCode.DiskFull, "can't keep secrets at rest: " + e, e);
        }
    }

    /** Takes the values held, and those that containers may still have, out of texts. */
    public Redactor redactor() {
        return redactor;
    }

    /** Tells nothing. */
    @Override
    public String toString() {
        return "Vault";
    }
}
