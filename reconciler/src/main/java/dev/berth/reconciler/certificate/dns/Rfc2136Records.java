package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.DnsRecords;
import dev.berth.schemas.config.DnsAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/**
 * Writes records by dynamic updates (RFC 2136) over TCP, signed (TSIG, RFC 8945) if there is a key.
 * The zone is the one that the server itself says a name is in. Thread-safe.
 */
final class Rfc2136Records implements DnsRecords {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int PORT = 53;
    private static final long TTL = 60;

    private final String server;
    private final DnsAccess.@Nullable Key key;
    private final Credential secret;
    private final Nameservers names;

    /**
     * @param secret of the key, in base64
     */
    Rfc2136Records(
            String server, DnsAccess.@Nullable Key key, Credential secret, Nameservers names) {
        this.server = server;
        this.key = key;
        this.secret = secret;
        this.names = names;
    }

    @Override
    public void put(String fqdn, String value) throws DnsException {
        Name name = names.target(fqdn);
        Update update = new Update(zone(name));
        update.add(record(name, value));
        send(update, name);
    }

    @Override
    public void remove(String fqdn, String value) throws DnsException {
        Name name = names.target(fqdn);
        Update update = new Update(zone(name));
        update.delete(record(name, value));
        send(update, name);
    }

    @Override
    public void awaitVisible(String fqdn, String value, Duration most)
            throws DnsException, InterruptedException {
        names.awaitVisible(fqdn, value, most);
    }

    private static Record record(Name name, String value) {
        return new TXTRecord(name, DClass.IN, TTL, value);
    }

    private Name zone(Name name) throws DnsException {
        SimpleResolver resolver = resolver();
        try {
            for (Name at = name; at.labels() > 1; at = new Name(at, 1)) {
                Name asked = at;
                Message answer =
                        resolver.send(Message.newQuery(Record.newRecord(at, Type.SOA, DClass.IN)));
                if (answer.getSection(Section.ANSWER).stream()
                        .anyMatch(r -> r instanceof SOARecord && r.getName().equals(asked))) {
                    return at;
                }
            }
        } catch (IOException e) {
            throw unreachable(e);
        }
        throw new DnsException(
                "%s has no zone for %s: look at the server of rfc2136, and at its zones"
                        .formatted(server, name),
                true,
                null);
    }

    private void send(Update update, Name name) throws DnsException {
        SimpleResolver resolver = resolver();
        TSIG tsig = signature();
        resolver.setTSIGKey(tsig);
        Message answer;
        try {
            answer = resolver.send(update);
        } catch (IOException e) {
            throw unreachable(e);
        }
        int code = answer.getRcode();
        if (code != Rcode.NOERROR) {
            throw refused(code, name);
        }
        if (tsig != null && !answer.isVerified()) {
            throw new DnsException(
                    "the answer of %s is not signed with the key: another server may answer in its place"
                            .formatted(server));
        }
    }

    private DnsException refused(int code, Name name) {
        String what =
                switch (code) {
                    case Rcode.REFUSED ->
                            "its update policy does not let us write the TXT record of " + name;
                    case Rcode.NOTAUTH ->
                            key == null
                                    ? "it wants signed updates: give a key"
                                    : "it does not take the key %s, or its clock is more than 5 minutes off"
                                            .formatted(key.name());
                    case Rcode.NOTZONE, Rcode.NXDOMAIN -> "it does not have the zone of " + name;
                    default -> "it answered " + Rcode.string(code);
                };
        boolean permanent = code != Rcode.SERVFAIL;
        return new DnsException(
                "%s refused the update: %s".formatted(server, what), permanent, null);
    }

    private @Nullable TSIG signature() throws DnsException {
        if (key == null) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret.reveal().replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new DnsException("%s is not base64".formatted(secret), true, null);
        }
        Name algorithm =
                switch (key.algorithm()) {
                    case HMAC_SHA256 -> TSIG.HMAC_SHA256;
                    case HMAC_SHA384 -> TSIG.HMAC_SHA384;
                    case HMAC_SHA512 -> TSIG.HMAC_SHA512;
                };
        return new TSIG(algorithm, Nameservers.name(key.name()), bytes);
    }

    private SimpleResolver resolver() throws DnsException {
        int bracket = server.indexOf(']');
        int colon = server.indexOf(':', Math.max(0, bracket));
        String host = colon < 0 ? server : server.substring(0, colon);
        int port = colon < 0 ? PORT : Integer.parseInt(server.substring(colon + 1));
        try {
            SimpleResolver resolver =
                    new SimpleResolver(
                            new InetSocketAddress(
                                    InetAddress.getByName(host.replaceAll("[\\[\\]]", "")), port));
            resolver.setTCP(true);
            resolver.setTimeout(PATIENCE);
            return resolver;
        } catch (UnknownHostException e) {
            throw new DnsException("the server %s has no address".formatted(host));
        } catch (IllegalArgumentException e) {
            throw new DnsException("%d is no port".formatted(port), true, null);
        }
    }

    private DnsException unreachable(IOException e) {
        return new DnsException(
                "%s does not answer over TCP: %s".formatted(server, Nameservers.why(e)));
    }
}
