package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Certificates that tests give to the edge. */
public final class TestCertificates {
    private TestCertificates() {}

    public static Certificate of(String... names) {
        try {
            return SelfSigned.make(List.of(names), Instant.now(), Duration.ofDays(2));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
