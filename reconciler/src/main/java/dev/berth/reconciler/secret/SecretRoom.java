package dev.berth.reconciler.secret;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All that a home has of secrets: who it can open files as, and the vault.
 *
 * @param identities open what is encrypted
 */
public record SecretRoom(HomeAgeKeys identities, Vault vault) {
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
        SecureRandom random = new SecureRandom();
        try {
            SecretKeys keys = SecretKeys.open(home, random);
            SecretStore store = new SecretStore(home, keys, random);
            Vault vault = Vault.open(keys, store, clock);
            if (keys.ids().size() > 1) {
                store.rewrap();
                keys.retainOnly(store.keyIds());
            }
            return new SecretRoom(new HomeAgeKeys(home, environment, complaints), vault);
        } catch (IOException e) {
            throw new IllegalStateException("secrets in " + home + ": " + e.getMessage(), e);
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
