package dev.berth.reconciler.certificate;

import java.time.Duration;

/** The TXT records of zones that Berth may write. Thread-safe. */
public interface DnsRecords {
    /**
     * Adds a value to a name and keeps those that are there; does nothing when it is there.
     *
     * @param fqdn with the dot at its end, such as {@code _acme-challenge.example.com.}
     * @throws DnsException if it could not
     */
    void put(String fqdn, String value) throws DnsException;

    /**
     * Takes exactly that value off; does nothing when it is not there.
     *
     * @throws DnsException if it could not
     */
    void remove(String fqdn, String value) throws DnsException;

    /**
     * Returns once every server of the zone answers the value.
     *
     * @throws DnsException if one does not in that time; names it
     * @throws InterruptedException if the waiting thread is interrupted
     */
    void awaitVisible(String fqdn, String value, Duration most)
            throws DnsException, InterruptedException;
}
