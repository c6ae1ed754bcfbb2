package dev.berth.reconciler.forge;

import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import java.util.Map;

/**
 * By a token that a person made.
 *
 * @param field header field that it is sent in
 * @param scheme what stands before it there, with its space
 */
record TokenLogin(Vault vault, SecretRef ref, String field, String scheme) implements Login {
    @Override
    public Map<String, String> fields(ForgeRepo repo) throws ForgeException {
        Secret token = vault.held(ref);
        String text = token == null ? "" : token.text().strip();
        if (text.isEmpty() || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new ForgeException(
                    ForgeException.Kind.REFUSED,
                    "there is no token for %s: put one into the Secret %s"
                            .formatted(repo.host(), ref));
        }
        return Map.of(field, scheme + text);
    }

    @Override
    public boolean refused(ForgeRepo repo, Map<String, String> fields) {
        return false;
    }

    @Override
    public String name() {
        return "the token in the Secret " + ref;
    }

    /** Tells no secret. */
    @Override
    public String toString() {
        return "the token in " + ref;
    }
}
