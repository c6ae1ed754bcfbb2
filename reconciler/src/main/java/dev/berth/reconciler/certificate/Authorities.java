package dev.berth.reconciler.certificate;

/** Who can be asked for certificates. Thread-safe. */
@FunctionalInterface
public interface Authorities {
    /** The account at one; asks nobody yet. */
    Authority of(Issuer issuer);
}
