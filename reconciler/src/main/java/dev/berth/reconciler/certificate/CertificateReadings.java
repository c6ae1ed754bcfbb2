package dev.berth.reconciler.certificate;

import org.jspecify.annotations.Nullable;

/** How it stands with all certificates at one moment. Immutable. */
@FunctionalInterface
public interface CertificateReadings {
    /** Nobody looks after certificates. */
    CertificateReadings NONE = _ -> null;

    /**
     * That of a host.
     *
     * @param host as declared; may start with {@code *.}
     * @return {@code null} = the host needs none, such as one under localhost
     */
    @Nullable CertificateReading of(String host);
}
