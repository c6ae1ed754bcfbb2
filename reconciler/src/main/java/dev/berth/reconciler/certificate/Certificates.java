package dev.berth.reconciler.certificate;

import dev.berth.reconciler.desired.DesiredState;

/** Who looks after certificates, as a pass sees them. Thread-safe; nothing waits. */
public interface Certificates {
    /** Nobody does. */
    Certificates NONE =
            new Certificates() {
                @Override
                public void follow(DesiredState.Known desired) {}

                @Override
                public CertificateReadings now() {
                    return CertificateReadings.NONE;
                }
            };

    /** That is wanted from now on. */
    void follow(DesiredState.Known desired);

    /** How it stands with all at this moment. */
    CertificateReadings now();
}
