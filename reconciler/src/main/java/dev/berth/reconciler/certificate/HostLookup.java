package dev.berth.reconciler.certificate;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** What DNS says of hosts. Thread-safe. */
public interface HostLookup {
    /**
     * Addresses of a host, IPv4 before IPv6; empty when it has none.
     *
     * @throws IOException if nobody answers; the message says so for people
     */
    List<InetAddress> addresses(String host) throws IOException;

    /**
     * The CAA records that count for a host: those of the closest name that has any, upwards (RFC
     * 8659 section 3).
     *
     * @throws IOException likewise
     */
    List<Caa> caa(String host) throws IOException;

    /**
     * One CAA record.
     *
     * @param zone the name that has it, without dot at its end
     * @param tag {@code issue}, {@code issuewild} or another, lower case
     */
    record Caa(String zone, boolean critical, String tag, String value) {}
}
