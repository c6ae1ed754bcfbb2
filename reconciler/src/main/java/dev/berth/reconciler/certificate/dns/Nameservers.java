package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Asks name servers, by UDP and, for what does not fit, TCP. What the servers of a zone themselves
 * say is asked of them, since what a resolver has remembered may be old. Thread-safe.
 */
public final class Nameservers {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final int MOST_ALIASES = 8;
    private static final int PORT = 53;

    private final @Nullable InetSocketAddress asked;
    private final int port;
    private final Clockwork clock;

    /** Asks whom the machine asks. */
    public Nameservers(Clockwork clock) {
        this(null, clock);
    }

    /**
     * Asks somebody else.
     *
     * @param asked in place of whom the machine asks; the servers of zones are asked at the same
     *     port; {@code null} = nobody
     */
    public Nameservers(@Nullable InetSocketAddress asked, Clockwork clock) {
        this.asked = asked;
        this.port = asked == null ? PORT : asked.getPort();
        this.clock = clock;
    }

    /**
     * The records of a name, without those of a name that it is an alias of.
     *
     * @param type as in {@link Type}
     * @return empty when there is no such name or no record of that type
     * @throws IOException if no server says so or otherwise
     */
    List<Record> records(Name name, int type) throws IOException {
        return answers(resolver(), name, type, true);
    }

    /**
     * The name that a record is written at: where the aliases of a name lead.
     *
     * @throws DnsException if nobody says
     */
    Name target(String fqdn) throws DnsException {
        Name name = name(fqdn);
        try {
            for (int hop = 0; hop < MOST_ALIASES; hop++) {
                Name next = alias(name);
                if (next == null) {
                    return name;
                }
                name = next;
            }
        } catch (IOException e) {
            throw new DnsException(
                    "no name server says whether %s is an alias: %s".formatted(fqdn, why(e)));
        }
        throw new DnsException("%s is an alias of an alias and so on".formatted(fqdn), true, null);
    }

    private @Nullable Name alias(Name name) throws IOException {
        return records(name, Type.CNAME).stream()
                .filter(CNAMERecord.class::isInstance)
                .map(record -> ((CNAMERecord) record).getTarget())
                .findFirst()
                .orElse(null);
    }

    /**
     * The zone that a name is in.
     *
     * @throws IOException if nobody says
     */
    Name zone(Name name) throws IOException {
        for (Name at = name; at.labels() > 1; at = new Name(at, 1)) {
            Name asked = at;
            if (records(at, Type.SOA).stream()
                    .anyMatch(r -> r instanceof SOARecord && r.getName().equals(asked))) {
                return at;
            }
        }
        throw new IOException(name + " is in no zone");
    }

    /**
     * Returns once every server of its zone has the value at a name.
     *
     * @throws DnsException if one has not in that time
     * @throws InterruptedException if the waiting thread is interrupted
     */
    void awaitVisible(String fqdn, String value, Duration most)
            throws DnsException, InterruptedException {
        Deadline end = Deadline.in(most, clock);
        while (true) {
            String lacks = lacking(fqdn, value);
            if (lacks == null) {
                return;
            }
            if (end.over(clock)) {
                throw new DnsException(
                        "the TXT record of %s is not seen after %d s: %s"
                                .formatted(fqdn, most.toSeconds(), lacks));
            }
            Duration left = end.left(clock);
            clock.sleep(left.compareTo(EVERY) < 0 ? left : EVERY);
        }
    }

    /** Who lacks the value, in words; {@code null} = nobody. */
    private @Nullable String lacking(String fqdn, String value) throws DnsException {
        Name target = target(fqdn);
        try {
            SortedMap<String, List<Resolver>> servers = servers(target);
            SortedMap<String, String> silent = new TreeMap<>();
            for (var server : servers.entrySet()) {
                Boolean has = has(server.getValue(), target, value);
                if (Boolean.FALSE.equals(has)) {
                    return server.getKey() + " does not have it";
                } else if (has == null) {
                    silent.put(server.getKey(), server.getKey() + " does not answer");
                }
            }
            if (silent.isEmpty()) {
                return servers.isEmpty() ? "its zone has no name servers" : null;
            }
            // Who may not ask name servers himself can still ask whom the machine asks.
            boolean allSilent = silent.size() == servers.size();
            return allSilent && Boolean.TRUE.equals(has(List.of(resolver()), target, value))
                    ? null
                    : String.join(", ", silent.values());
        } catch (IOException e) {
            return why(e);
        }
    }

    /** Those of the zone that a name is in, each with a resolver for each of its addresses. */
    private SortedMap<String, List<Resolver>> servers(Name name) throws IOException {
        SortedMap<String, List<Resolver>> servers = new TreeMap<>();
        for (Record record : records(zone(name), Type.NS)) {
            if (record instanceof NSRecord server) {
                List<Resolver> resolvers = new ArrayList<>();
                for (InetAddress address : addresses(server.getTarget())) {
                    resolvers.add(resolver(new InetSocketAddress(address, port)));
                }
                servers.put(server.getTarget().toString(true), resolvers);
            }
        }
        return servers;
    }

    /**
     * Addresses of a name, IPv4 before IPv6; of what it is an alias of, too.
     *
     * @throws IOException if nobody says
     */
    List<InetAddress> addresses(Name name) throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (int type : new int[] {Type.A, Type.AAAA}) {
            for (Record record : answers(resolver(), name, type, false)) {
                switch (record) {
                    case ARecord four -> addresses.add(four.getAddress());
                    case AAAARecord six -> addresses.add(six.getAddress());
                    default -> {} // an alias on the way
                }
            }
        }
        return addresses;
    }

    /** Whether the first that answers has the value; {@code null} when none answers. */
    private static @Nullable Boolean has(List<Resolver> resolvers, Name name, String value) {
        for (Resolver resolver : resolvers) {
            try {
                return answers(resolver, name, Type.TXT, true).stream()
                        .anyMatch(
                                record ->
                                        record instanceof TXTRecord text
                                                && String.join("", text.getStrings())
                                                        .equals(value));
            } catch (IOException e) {
                // perhaps at its next address
            }
        }
        return null;
    }

    private static List<Record> answers(Resolver resolver, Name name, int type, boolean ownOnly)
            throws IOException {
        Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        query.getHeader().setFlag(Flags.RD);
        Message answer = resolver.send(query);
        int code = answer.getRcode();
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            throw new IOException("%s: %s".formatted(name, Rcode.string(code)));
        }
        return answer.getSection(Section.ANSWER).stream()
                .filter(r -> !ownOnly || (r.getName().equals(name) && r.getType() == type))
                .toList();
    }

    private Resolver resolver() {
        if (asked != null) {
            return resolver(asked);
        }
        ExtendedResolver machine = new ExtendedResolver();
        machine.setTimeout(PATIENCE);
        return machine;
    }

    private static Resolver resolver(InetSocketAddress server) {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(PATIENCE);
        return resolver;
    }

    /**
     * A name, with or without the dot at its end.
     *
     * @throws DnsException if it is none
     */
    static Name name(String fqdn) throws DnsException {
        try {
            return Name.fromString(fqdn, Name.root);
        } catch (TextParseException e) {
            throw new DnsException("'%s' is no name in DNS".formatted(fqdn), true, null);
        }
    }

    /** What went wrong; some of it has no words of its own. */
    static String why(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
