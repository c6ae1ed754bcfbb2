package dev.berth.reconciler.secret;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that a home has of secrets: who it can open files as, the vault, and room for more.
 *
 * @param identities open what is encrypted
 * @param certificates a store beside the vault's, for who keeps certificates; {@code null} = none,
 *     as nothing can be kept
 */
public record SecretRoom(HomeAgeKeys identities, Vault vault, @Nullable SecretStore certificates) {
    /** One without room for more. */
    public SecretRoom(HomeAgeKeys identities, Vault vault) {
        this(identities, vault, null);
    }

    /**
     * Opens it for control. Keys at rest are made if none are needed yet; what an older key
     * encrypted is encrypted with the newest, and older keys that nothing uses are forgotten.
     *
     * @param environment for {@code SOPS_AGE_KEY_FILE} and {@code SOPS_AGE_KEY}
     * @param complaints is told of identities that can't be used
     * @throws IllegalStateException if Berth must not start as things are; the message says what to
     *     do
     */
    public static SecretRoom open(
            Path home,
            Map<String, String> environment,
            Consumer<String> complaints,
            InstantSource clock) {
        HomeAgeKeys identities = new HomeAgeKeys(home, environment, complaints);
        SecureRandom random = new SecureRandom();
        try {
            SecretKeys keys = keys(home, random, complaints);
            if (keys == null) {
                return new SecretRoom(identities, Vault.ofThisProcess(clock));
            }
            SecretStore store = new SecretStore(home, keys, random);
            Vault vault = Vault.open(keys, store, clock);
            takeOver(keys, store, complaints);
            return new SecretRoom(identities, vault, new SecretStore(home, keys, random));
        } catch (IOException e) {
            throw new IllegalStateException("secrets in " + home + ": " + e.getMessage(), e);
        }
    }

    /** {@code null} when there are none and none can be written: a full disk stops no control. */
    private static @Nullable SecretKeys keys(
            Path home, SecureRandom random, Consumer<String> complaints) throws IOException {
        try {
            return SecretKeys.open(home, random);
        } catch (IOException e) {
            if (SecretKeys.find(home) != null) {
                throw e;
            }
            complaints.accept(
                    "can't write keys for secrets in %s (%s): nothing is kept at rest, and apps with secrets are deployed anew by the next start"
                            .formatted(home, e));
            return null;
        }
    }

    private static void takeOver(SecretKeys keys, SecretStore store, Consumer<String> complaints) {
        if (keys.ids().size() < 2) {
            return;
        }
        try {
            store.rewrap();
            keys.retainOnly(store.keyIds());
        } catch (IOException e) {
            complaints.accept("can't take secrets over to the newest key, older ones stay: " + e);
        }
    }

    /**
     * Opens it for those who only look: nothing is written, and without keys no value is known.
     *
     * @throws IllegalStateException as above
     */
    public static SecretRoom look(
            Path home,
            Map<String, String> environment,
            Consumer<String> complaints,
            InstantSource clock) {
        HomeAgeKeys identities = new HomeAgeKeys(home, environment, complaints);
        try {
            @Nullable SecretKeys keys = SecretKeys.find(home);
            Vault vault =
                    keys == null
                            ? Vault.ofThisProcess(clock)
                            : Vault.open(
                                            keys,
                                            new SecretStore(home, keys, new SecureRandom()),
                                            clock)
                                    .copy();
            return new SecretRoom(identities, vault);
        } catch (IOException e) {
            throw new IllegalStateException("secrets in " + home + ": " + e.getMessage(), e);
        }
    }
}
