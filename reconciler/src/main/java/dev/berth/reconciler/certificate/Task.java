package dev.berth.reconciler.certificate;

import org.jspecify.annotations.Nullable;

/** Something to ask an authority for. */
sealed interface Task {
    /** Two tasks of one key are never carried out at a time. */
    String key();

    /**
     * Have a certificate.
     *
     * @param replaces the one of the same names that it renews; {@code null} = there is none
     * @param careful whether to look first if the hosts can be validated at all
     */
    record Obtain(Wanted.Ordered wanted, @Nullable Held replaces, boolean careful) implements Task {
        CertificateId id() {
            return wanted.id();
        }

        @Override
        public String key() {
            return id().text();
        }
    }

    /** Ask when one is to be renewed. */
    record Ask(Held held, Issuer issuer) implements Task {
        @Override
        public String key() {
            return "ask " + held.id();
        }
    }

    /** Revoke one that was replaced. */
    record Revoke(Notes.Revocation revocation, Issuer issuer) implements Task {
        @Override
        public String key() {
            return "revoke " + revocation.id() + " " + revocation.until();
        }
    }
}
