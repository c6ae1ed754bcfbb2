package dev.berth.reconciler.simulation;

import dev.berth.reconciler.secret.AgeIdentity;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.HomeAgeKeys;
import dev.berth.reconciler.secret.Sealer;
import dev.berth.reconciler.secret.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** The secret of the config repo, {@code keep.token}, and what opens it. */
public final class SimSecrets {
    /** Values in force begin with it, and nothing else has it. */
    static final String PLANTED = "planted-value-";

    static final String FILE = "keep.yaml";

    /** How many values it may have. */
    static final int VALUES = 4;

    private static final AgeIdentity IDENTITY = AgeIdentity.generate(new SecureRandom());

    /** What this Berth holds. */
    static final AgeKeys KEYS = AgeKeys.read("age.txt", IDENTITY.text(), _ -> {});

    /** Sealed once: nothing that is told of a run depends on how. */
    private static final String[] SEALED =
            IntStream.range(0, VALUES).mapToObj(SimSecrets::seal).toArray(String[]::new);

    private SimSecrets() {}

    /** The document with that value, for the config repo. */
    static String document(int value) {
        return SEALED[value % VALUES];
    }

    /** Which value the app gets. */
    public static String value(int secret) {
        return PLANTED + secret % VALUES;
    }

    /** Has a real Berth open them. */
    public static void addKey(Path home) throws IOException {
        HomeAgeKeys.add(home, IDENTITY);
    }

    /** One whose versions of values are the same in every run. */
    static Vault vault(InstantSource clock) {
        return Vault.ofThisProcess(clock, new Seeded());
    }

    private static String seal(int value) {
        String plain =
                "apiVersion: berth/v1\nkind: Secret\nmetadata: {name: keep}\ndata:\n  token: %s\n"
                        .formatted(value(value));
        Sealer sealer = new Sealer(AgeKeys.none(), new SecureRandom(), InstantSource.system());
        return switch (sealer.seal(FILE, plain, Set.of(IDENTITY.recipient()))) {
            case Sealer.Sealed(String text) -> text;
            case Sealer.Refused(var fault) -> throw new IllegalStateException(fault.toString());
        };
    }

    private static final class Seeded extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final Random random = new Random(1);

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }
}
