package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.EnvValue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value of a Secret, looked up at each use and told by none of our messages. */
final class Credential {
    private final EnvValue.@Nullable FromSecret where;
    private final Function<EnvValue.FromSecret, @Nullable Secret> secrets;

    /**
     * @param where {@code null} = there is none, and none is asked for
     */
    Credential(
            EnvValue.@Nullable FromSecret where,
            Function<EnvValue.FromSecret, @Nullable Secret> secrets) {
        this.where = where;
        this.secrets = secrets;
    }

    /**
     * The value, without white space around it.
     *
     * @throws DnsException if it is not there
     */
    String reveal() throws DnsException {
        Secret value = where == null ? null : secrets.apply(where);
        if (value == null) {
            throw new DnsException("%s has no value that can be read".formatted(this), true, null);
        }
        return value.text().strip();
    }

    /** Its name. */
    @Override
    public String toString() {
        return where == null ? "the secret" : "the secret " + where.fromSecret();
    }
}
