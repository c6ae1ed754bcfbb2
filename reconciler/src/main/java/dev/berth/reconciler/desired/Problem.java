package dev.berth.reconciler.desired;

import java.util.Comparator;
import java.util.function.UnaryOperator;

/**
 * A mistake in the config repo, for the person who wrote it; written {@code apps/api.yaml:14:7
 * spec.replicas: expected a whole number from 0 to 100, got "two" [E-TYPE]}.
 *
 * @param path the field, {@code spec.domains[1]}; empty when the problem is about a whole document
 * @param message what is wrong and, where it can be said, what to do; no full stop at its end
 */
public record Problem(Location location, String path, Code code, String message)
        implements Comparable<Problem> {
    private static final Comparator<Problem> ORDER =
            Comparator.comparing(Problem::location)
                    .thenComparing(Problem::path)
                    .thenComparing(Problem::message);

    /** Sealed for somebody else: no mistake where nobody's identity is. */
    public boolean isLocked() {
        return code == Code.SECRET && path.equals("sops.age");
    }

    /** The same with its words cleaned of what may not be shown. */
    public Problem cleaned(UnaryOperator<String> cleaner) {
        return new Problem(location, cleaner.apply(path), code, cleaner.apply(message));
    }

    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "%s%s: %s [%s]"
                .formatted(location, path.isEmpty() ? "" : " " + path, message, code.text());
    }

    /** What kind of mistake, for tools. Codes are stable across versions. */
    public enum Code {
        /** The file is not YAML. */
        SYNTAX,
        /** The file is too large, not UTF-8, or nested or aliased beyond reason. */
        FILE,
        /** The same key twice in one mapping. */
        DUPLICATE_KEY,
        /** A key that the kind does not have. */
        UNKNOWN_KEY,
        /** A needed key is missing. */
        REQUIRED,
        /** A value of another type. */
        TYPE,
        /** A value of the right type but not allowed. */
        VALUE,
        /** No such kind or apiVersion. */
        KIND,
        /** Two documents with the same kind and name. */
        DUPLICATE_RESOURCE,
        /** Two claims on one host and path. */
        CONFLICT,
        /** A name that no document or tree has. */
        REFERENCE,
        /** What is encrypted can't be opened, or what should be is not. */
        SECRET;

        /** {@code E-UNKNOWN-KEY}. */
        public String text() {
            return "E-" + name().replace('_', '-');
        }
    }
}
