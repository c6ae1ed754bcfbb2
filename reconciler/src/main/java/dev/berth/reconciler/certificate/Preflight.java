package dev.berth.reconciler.certificate;

import dev.berth.reconciler.certificate.HostLookup.Caa;
import dev.berth.schemas.config.Cidr;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what would make an authority refuse a host, before an order is spent on it: a CAA
 * record that lets only others issue, no address, an address that is not this host. What can't be
 * told from inside is no reason: the authority is asked then, and its refusals space the tries.
 * Thread-safe.
 */
public final class Preflight {
    private static final int TOKEN_BYTES = 24;

    private final HostLookup lookup;
    private final SelfCheck check;
    private final Supplier<Set<InetAddress>> addresses;
    private final RandomGenerator random;

    /**
     * One that looks through these.
     *
     * @param addresses of this host's own network cards
     */
    public Preflight(
            HostLookup lookup,
            SelfCheck check,
            Supplier<Set<InetAddress>> addresses,
            RandomGenerator random) {
        this.lookup = lookup;
        this.check = check;
        this.addresses = addresses;
        this.random = random;
    }

    /**
     * What is known of the way here.
     *
     * @param own addresses and networks where the internet reaches this host, as its owner says;
     *     empty = they do not
     * @param behindOthers whether other servers stand in front of it, whose addresses hosts have
     */
    public record Way(List<String> own, boolean behindOthers) {
        /** Nothing. */
        public static final Way UNKNOWN = new Way(List.of(), false);

        public Way {
            own = List.copyOf(own);
        }

        private boolean has(InetAddress address) {
            return own.stream().anyMatch(o -> Cidr.parse(o).contains(address.getAddress()));
        }
    }

    /**
     * Looks at all hosts of a request.
     *
     * @throws IssuingException with what is wrong with which host
     */
    void check(Wanted.Ordered wanted, Authority.Terms terms, Answers answers, Way way)
            throws IssuingException, InterruptedException {
        checkCaa(wanted, terms);
        if (wanted.method() == Wanted.Method.HTTP_01) {
            checkAddresses(wanted, answers, way);
        }
    }

    // ---- CAA (RFC 8659) ----

    private void checkCaa(Wanted.Ordered wanted, Authority.Terms terms) throws IssuingException {
        if (terms.caaIdentities().isEmpty()) {
            return; // it does not say how records name it
        }
        SortedMap<String, String> wrong = new TreeMap<>();
        for (String host : wanted.names()) {
            try {
                String why = forbidden(host, wanted.method(), terms.caaIdentities());
                if (why != null) {
                    wrong.put(host, why);
                }
            } catch (IOException e) {
                wrong.put(host, "CAA records of %s: %s".formatted(host, e.getMessage()));
            }
        }
        if (!wrong.isEmpty()) {
            throw IssuingException.of(Setback.Kind.CAA, wrong);
        }
    }

    private @Nullable String forbidden(String host, Wanted.Method method, Set<String> identities)
            throws IOException {
        boolean wildcard = host.startsWith("*.");
        List<Caa> records = lookup.caa(Coverage.plain(host));
        boolean wild = wildcard && records.stream().anyMatch(r -> r.tag().equals("issuewild"));
        List<Caa> counting =
                records.stream().filter(r -> r.tag().equals(wild ? "issuewild" : "issue")).toList();
        if (counting.isEmpty()
                || counting.stream().anyMatch(r -> allows(r.value(), method, identities))) {
            return null;
        }
        return "the CAA record of %s lets only %s issue for %s; add one with %s \"%s\""
                .formatted(
                        counting.getFirst().zone(),
                        counting.stream()
                                .map(r -> r.value().isBlank() ? "nobody" : "\"" + r.value() + "\"")
                                .distinct()
                                .collect(Collectors.joining(", ")),
                        host,
                        counting.getFirst().tag(),
                        identities.stream().sorted().findFirst().orElse(""));
    }

    /** The name before the first semicolon, and the methods if it lists any (RFC 8657). */
    private static boolean allows(String value, Wanted.Method method, Set<String> identities) {
        String[] parts = value.split(";", -1);
        if (!identities.contains(parts[0].strip().toLowerCase(Locale.ROOT))) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String[] parameter = parts[i].strip().split("=", 2);
            if (parameter.length == 2
                    && parameter[0].strip().equalsIgnoreCase("validationmethods")) {
                String ours = method == Wanted.Method.HTTP_01 ? "http-01" : "dns-01";
                return List.of(parameter[1].strip().split("\\s*,\\s*")).contains(ours);
            }
        }
        return true;
    }

    // ---- addresses ----

    private void checkAddresses(Wanted.Ordered wanted, Answers answers, Way way)
            throws IssuingException, InterruptedException {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = "berth-" + HexFormat.of().formatHex(bytes);
        SortedMap<String, String> wrong = new TreeMap<>();
        answers.put(token, token);
        try {
            for (String host : wanted.names()) {
                String why = astray(host, token, way);
                if (why != null) {
                    wrong.put(host, why);
                }
            }
        } finally {
            answers.remove(token);
        }
        if (!wrong.isEmpty()) {
            throw IssuingException.of(Setback.Kind.NOT_POINTING, wrong);
        }
    }

    private @Nullable String astray(String host, String token, Way way) {
        List<InetAddress> all;
        try {
            all = lookup.addresses(host);
        } catch (IOException e) {
            return "%s: %s".formatted(host, e.getMessage());
        }
        if (all.isEmpty()) {
            return "%s has no A or AAAA record".formatted(host);
        }
        for (InetAddress address : all) {
            String why = astray(host, address, token, way);
            if (why != null) {
                return all.stream().anyMatch(Inet6Address.class::isInstance)
                                && address instanceof Inet6Address
                                && all.size() > 1
                        ? why + "; authorities try IPv6 first"
                        : why;
            }
        }
        return null;
    }

    private @Nullable String astray(String host, InetAddress address, String token, Way way) {
        String kind = address instanceof Inet6Address ? "AAAA" : "A";
        String answer;
        try {
            answer = check.ask(address, host, token);
        } catch (IOException e) {
            if (isOnACard(address)) {
                return "nothing answers for %s at %s, port 80 (%s): open that port to the internet, or prove the host by dns-01"
                        .formatted(host, address.getHostAddress(), e.getMessage());
            }
            return isElsewhere(address, way) ? elsewhere(host, kind, address, way) : null;
        }
        if (answer.strip().equals(token)) {
            return null;
        }
        return isOurs(address, way) || way.behindOthers() || own(way).isEmpty()
                ? "port 80 at %s (%s record of %s) is not answered by Berth's edge%s"
                        .formatted(address.getHostAddress(), kind, host, shown(address, answer))
                : elsewhere(host, kind, address, way);
    }

    private String elsewhere(String host, String kind, InetAddress address, Way way) {
        return "%s record of %s points to %s, this host is %s"
                .formatted(kind, host, address.getHostAddress(), String.join(", ", own(way)));
    }

    private boolean isOurs(InetAddress address, Way way) {
        return isOnACard(address) || way.has(address);
    }

    private boolean isOnACard(InetAddress address) {
        return address.isLoopbackAddress() || addresses.get().contains(address);
    }

    /**
     * Whether an address that is on no card, and where nothing answers, is surely another's. A host
     * behind NAT, or behind others, often can't reach itself from inside by the address outside;
     * and with IPv6 of its own it may still have IPv4 by way of NAT.
     */
    private boolean isElsewhere(InetAddress address, Way way) {
        if (way.behindOthers() || way.has(address)) {
            return false;
        }
        if (address instanceof Inet4Address && way.own().isEmpty()) {
            return addresses.get().stream()
                    .anyMatch(each -> each instanceof Inet4Address && isPublic(each));
        }
        return !own(way).isEmpty();
    }

    /** Where the internet reaches this host; empty when that is not known, as behind NAT. */
    private Collection<String> own(Way way) {
        if (!way.own().isEmpty()) {
            return way.own();
        }
        List<String> open = new ArrayList<>();
        for (InetAddress each : addresses.get()) {
            if (isPublic(each)) {
                open.add(each.getHostAddress());
            }
        }
        return open.stream().sorted().toList();
    }

    private static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean uniqueLocal = bytes.length > 4 && (bytes[0] & 0xfe) == 0xfc;
        boolean shared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
        return !address.isLoopbackAddress()
                && !address.isAnyLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isSiteLocalAddress()
                && !uniqueLocal
                && !shared;
    }

    /** Who may declare a host is not to read what servers say that the internet does not reach. */
    private static String shown(InetAddress address, String answer) {
        if (!isPublic(address)) {
            return "";
        }
        String line = answer.lines().findFirst().orElse("").strip();
        return ": it said \"%s\""
                .formatted(line.length() > 60 ? line.substring(0, 60) + "…" : line);
    }
}
