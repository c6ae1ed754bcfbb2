package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.DnsRecords;
import java.time.Duration;
import org.xbill.DNS.Name;

/**
 * Writes records by the API of a provider, in the closest zone of the account. An alias is followed
 * first, so that the records of a zone that nobody may write can be kept in another one.
 * Thread-safe.
 */
final class ApiRecords implements DnsRecords {
    private final String provider;
    private final ZoneApi api;
    private final Nameservers names;

    ApiRecords(String provider, ZoneApi api, Nameservers names) {
        this.provider = provider;
        this.api = api;
        this.names = names;
    }

    @Override
    public void put(String fqdn, String value) throws DnsException {
        api.add(entry(fqdn, value));
    }

    @Override
    public void remove(String fqdn, String value) throws DnsException {
        api.remove(entry(fqdn, value));
    }

    @Override
    public void awaitVisible(String fqdn, String value, Duration most)
            throws DnsException, InterruptedException {
        names.awaitVisible(fqdn, value, most);
    }

    private ZoneApi.Entry entry(String fqdn, String value) throws DnsException {
        Name name = names.target(fqdn);
        for (Name at = name; at.labels() > 2; at = new Name(at, 1)) { // the root is one, too
            ZoneApi.Zone zone = api.zone(at.toString(true));
            if (zone != null) {
                return new ZoneApi.Entry(zone, name.toString(true), value);
            }
        }
        throw new DnsException(
                "the account at %s has no zone for %s, or may not see it"
                        .formatted(provider, name.toString(true)),
                true,
                null);
    }
}
