package dev.berth.schemas.edge;

import java.util.List;
import java.util.Objects;

/**
 * A certificate for TLS and its private key. Holds the key itself and not where it lies, so that a
 * snapshot is whole: a new certificate takes effect in one step or not at all.
 *
 * @param names the hosts it is for, lower case; {@code *.example.com} covers one label
 * @param chain in PEM, the host's own certificate first
 * @param key in PEM, PKCS #8 ({@code BEGIN PRIVATE KEY}), not encrypted
 */
public record Certificate(List<String> names, String chain, String key) {
    public Certificate {
        names = List.copyOf(names);
        Objects.requireNonNull(chain, "chain");
        Objects.requireNonNull(key, "key");
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Certificate" + names;
    }
}
