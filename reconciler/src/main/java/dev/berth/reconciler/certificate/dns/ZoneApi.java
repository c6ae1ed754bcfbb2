package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import org.jspecify.annotations.Nullable;

/** The API of a provider, as far as TXT records need it. Thread-safe. */
interface ZoneApi {
    /**
     * A zone of the account.
     *
     * @param name without dot at its end
     * @return {@code null} when the account has no such zone
     * @throws DnsException if the provider does not say
     */
    @Nullable Zone zone(String name) throws DnsException;

    /**
     * Adds a value to the TXT records of a name; nothing when it is there.
     *
     * @throws DnsException if it could not
     */
    void add(Entry entry) throws DnsException;

    /**
     * Takes just that value off; nothing when it is not there.
     *
     * @throws DnsException if it could not
     */
    void remove(Entry entry) throws DnsException;

    /**
     * A zone.
     *
     * @param id by which the provider knows it
     * @param name without dot at its end
     */
    record Zone(String id, String name) {}

    /**
     * A value of a name.
     *
     * @param name in full, without dot at its end
     */
    record Entry(Zone zone, String name, String value) {
        /** The name within its zone; {@code @} for that of the zone itself. */
        String relative() {
            return name.equals(zone.name())
                    ? "@"
                    : name.substring(0, name.length() - zone.name().length() - 1);
        }

        /** The value as it stands in zone files. */
        String quoted() {
            return '"' + value + '"';
        }

        /** Whether that is the value, quoted or not. */
        boolean isValue(String other) {
            return other.equals(value) || other.equals(quoted());
        }
    }
}
