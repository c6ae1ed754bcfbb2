package dev.berth.reconciler.secret;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;

/** Seals texts for tests. */
final class Sealing {
    static final Instant TIME = Instant.parse("2026-05-06T07:08:09.5Z");

    private Sealing() {}

    static Sealer sealer(AgeKeys keys) {
        return sealer(keys, TIME);
    }

    static Sealer sealer(AgeKeys keys, Instant time) {
        return new Sealer(keys, new SecureRandom(), InstantSource.fixed(time));
    }

    static String sealed(String text, AgeKeys keys) {
        return text(sealer(keys).seal("f.yaml", text, Set.copyOf(keys.recipients())));
    }

    static String text(Sealer.Result result) {
        return switch (result) {
            case Sealer.Sealed(String text) -> text;
            case Sealer.Refused(SecretFault fault) -> throw new AssertionError(fault);
        };
    }
}
