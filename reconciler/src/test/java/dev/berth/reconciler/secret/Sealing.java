package dev.berth.reconciler.secret;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;

/** Seals texts for tests. */
public final class Sealing {
    static final Instant TIME = Instant.parse("2026-05-06T07:08:09.5Z");

    private Sealing() {}

    static Sealer sealer(AgeKeys keys) {
        return sealer(keys, TIME);
    }

    static Sealer sealer(AgeKeys keys, Instant time) {
        return new Sealer(keys, new SecureRandom(), InstantSource.fixed(time));
    }

    /** An identity made for one test. */
    public static AgeKeys newKeys() {
        return AgeKeys.read(
                "age.txt",
                AgeIdentity.generate(new SecureRandom()).text(),
                fault -> {
                    throw new AssertionError(fault);
                });
    }

    /** A whole file sealed, with every value in it. */
    public static String whole(String text, AgeKeys keys) {
        Sealer sealer =
                new Sealer(
                        keys,
                        new SecureRandom(),
                        InstantSource.fixed(TIME),
                        Sealer.Extent.EVERYTHING);
        return text(sealer.seal("f.yaml", text, Set.copyOf(keys.recipients())));
    }

    /** Only what stands below {@code data}. */
    public static String sealed(String text, AgeKeys keys) {
        return text(sealer(keys).seal("f.yaml", text, Set.copyOf(keys.recipients())));
    }

    static String text(Sealer.Result result) {
        return switch (result) {
            case Sealer.Sealed(String text) -> text;
            case Sealer.Refused(SecretFault fault) -> throw new AssertionError(fault);
        };
    }
}
