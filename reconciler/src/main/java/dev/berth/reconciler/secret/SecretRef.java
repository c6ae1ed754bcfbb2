package dev.berth.reconciler.secret;

import java.util.Comparator;

/**
 * Names a value; written {@code api.stripe}, or {@code app/shop.TOKEN} for one that stands
 * encrypted in an app's own document.
 *
 * @param holder name of the Secret, or id of the app
 */
public record SecretRef(String holder, String key) implements Comparable<SecretRef> {
    private static final Comparator<SecretRef> ORDER =
            Comparator.comparing(SecretRef::holder).thenComparing(SecretRef::key);

    @Override
    public int compareTo(SecretRef other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return holder + "." + key;
    }
}
