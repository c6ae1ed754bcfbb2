package dev.berth.reconciler.certificate.lookup;

import dev.berth.reconciler.certificate.HostLookup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CAARecord;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Asks name servers, and remembers nothing. Thread-safe. */
public final class DnsLookup implements HostLookup {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final int CRITICAL = 128;

    private final @Nullable InetSocketAddress server;

    /**
     * One that asks this server.
     *
     * @param server {@code null} = those that the machine asks
     */
    public DnsLookup(@Nullable InetSocketAddress server) {
        this.server = server;
    }

    @Override
    public List<InetAddress> addresses(String host) throws IOException {
        List<InetAddress> all = new ArrayList<>();
        for (Record each : ask(name(host), Type.A)) {
            if (each instanceof ARecord a) {
                all.add(a.getAddress());
            }
        }
        for (Record each : ask(name(host), Type.AAAA)) {
            if (each instanceof AAAARecord aaaa) {
                all.add(aaaa.getAddress());
            }
        }
        return all;
    }

    @Override
    public List<Caa> caa(String host) throws IOException {
        Name name = name(host);
        while (name.labels() > 1) { // the root counts as a label
            List<Caa> found = new ArrayList<>();
            String zone = name.toString(true);
            for (Record each : ask(name, Type.CAA)) {
                if (each instanceof CAARecord caa) {
                    found.add(
                            new Caa(
                                    zone,
                                    (caa.getFlags() & CRITICAL) != 0,
                                    caa.getTag().toLowerCase(Locale.ROOT),
                                    caa.getValue()));
                }
            }
            if (!found.isEmpty()) {
                return found;
            }
            name = new Name(name, 1);
        }
        return List.of();
    }

    private List<Record> ask(Name name, int type) throws IOException {
        Lookup lookup = new Lookup(name, type);
        lookup.setResolver(resolver());
        lookup.setCache(null);
        Record[] records = lookup.run();
        return switch (lookup.getResult()) {
            case Lookup.SUCCESSFUL -> records == null ? List.of() : List.of(records);
            case Lookup.HOST_NOT_FOUND, Lookup.TYPE_NOT_FOUND -> List.of();
            default ->
                    throw new IOException(
                            "DNS does not answer for %s (%s)"
                                    .formatted(
                                            name.toString(true),
                                            String.valueOf(lookup.getErrorString())));
        };
    }

    private Resolver resolver() throws UnknownHostException {
        Resolver resolver = server == null ? new ExtendedResolver() : new SimpleResolver(server);
        resolver.setTimeout(ANSWER_WITHIN);
        return resolver;
    }

    private static Name name(String host) throws IOException {
        try {
            return Name.fromString(host, Name.root);
        } catch (TextParseException e) {
            throw new IOException("not a name: " + host, e);
        }
    }
}
