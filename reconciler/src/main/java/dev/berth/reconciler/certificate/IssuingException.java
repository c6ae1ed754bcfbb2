package dev.berth.reconciler.certificate;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A certificate could not be had. The message says for people why. */
public final class IssuingException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Setback.Kind kind;
    private final @Nullable Instant notBefore;
    private final transient SortedMap<String, String> hosts;

    /**
     * A failure of all that was asked for.
     *
     * @param notBefore when another try may be made at the soonest; {@code null} = nobody says
     */
    public IssuingException(Setback.Kind kind, String message, @Nullable Instant notBefore) {
        this(kind, message, notBefore, Map.of());
    }

    public IssuingException(Setback.Kind kind, String message) {
        this(kind, message, null, Map.of());
    }

    /** A failure of single hosts, with what is wrong with each; not empty. */
    public static IssuingException of(Setback.Kind kind, SortedMap<String, String> hosts) {
        return new IssuingException(kind, String.join("; ", hosts.values()), null, hosts);
    }

    private IssuingException(
            Setback.Kind kind,
            String message,
            @Nullable Instant notBefore,
            Map<String, String> hosts) {
        super(message);
        this.kind = kind;
        this.notBefore = notBefore;
        this.hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    }

    public Setback.Kind kind() {
        return kind;
    }

    public @Nullable Instant notBefore() {
        return notBefore;
    }

    /** What is wrong with which host; empty when it is not about single ones. */
    public SortedMap<String, String> hosts() {
        return hosts;
    }

    /** Never null. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
