package dev.berth.reconciler.secret;

/**
 * That a value is given to a container, without the value.
 *
 * @param holder as in {@link SecretRef}
 * @param version another one for another value; made with a key, so that nobody can try values
 *     against it
 */
public record SecretUse(String holder, String key, String version) {
    static SecretUse of(SecretRef ref, String version) {
        return new SecretUse(ref.holder(), ref.key(), version);
    }

    /** What is used. */
    public SecretRef ref() {
        return new SecretRef(holder, key);
    }
}
