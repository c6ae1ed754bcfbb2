package dev.berth.reconciler.notify;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All but this machine itself, its link and what clouds tell their machines there: whoever may
 * write alerts is not to talk to what listens for this machine alone. The owner of the machine
 * allows single servers in a file with a line {@code host:port} for each, as the alert names it;
 * {@code #} begins a comment. It is read at each use.
 */
public final class OwnersReach implements Reach {
    /** Addresses of metadata services that are neither loopback nor link-local. */
    private static final Set<String> METADATA =
            Set.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200", "168.63.129.16", "192.0.0.192");

    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    /** In brackets with or without a port, or bare. */
    private static final Pattern V6 =
            Pattern.compile(
                    "(?:\\[([0-9A-Fa-f:.]+)]|([0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*))(?::([0-9]+))?");

    private final Path allowed;

    /**
     * @param allowed need not exist
     */
    public OwnersReach(Path allowed) {
        this.allowed = allowed;
    }

    @Override
    public void check(InetSocketAddress to) throws IOException {
        InetAddress address = to.getAddress();
        if (address == null) {
            throw new UnknownHostException("its name is not known");
        }
        String what = refused(address);
        if (what != null && !isAllowed(to)) {
            throw new OutOfReachException(
                    "its server is %s, where nothing is sent unbidden: if it is meant, add a line with its host:port to %s"
                            .formatted(what, allowed));
        }
    }

    private boolean isAllowed(InetSocketAddress to) throws IOException {
        if (!Files.isRegularFile(allowed)) {
            return false;
        }
        String wanted = "%s:%d".formatted(spelt(to.getHostString()), to.getPort());
        return Files.readAllLines(allowed).stream()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .anyMatch(line -> spelt(line).equals(wanted));
    }

    /** A host, with or without a port, as there is but one way to write it. */
    private static String spelt(String text) {
        Matcher v6 = V6.matcher(text);
        if (!v6.matches()) {
            return text.toLowerCase(Locale.ROOT);
        }
        try {
            String port = v6.group(3) == null ? "" : ":" + v6.group(3);
            return InetAddress.ofLiteral(v6.group(1) == null ? v6.group(2) : v6.group(1))
                            .getHostAddress()
                    + port;
        } catch (IllegalArgumentException _) {
            return text;
        }
    }

    /** What is wrong with it; {@code null} = nothing. */
    private static @Nullable String refused(InetAddress address) throws UnknownHostException {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address && holdsV4(bytes)) {
            return refused(InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16)));
        } else if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || (address instanceof Inet4Address && bytes[0] == 0)) {
            return "this machine itself";
        } else if (address.isLinkLocalAddress()
                || METADATA.contains(address.getHostAddress().replaceFirst("%.*", ""))) {
            return "on this machine's own link or a cloud's metadata service";
        }
        return address.isMulticastAddress() ? "a group of machines" : null;
    }

    /**
     * {@code ::a.b.c.d} (RFC 4291 section 2.5.5.1) but for ::, ::1; 64:ff9b::a.b.c.d (RFC 6052).
     */
    private static boolean holdsV4(byte[] bytes) {
        boolean compatible =
                Arrays.equals(bytes, 0, 12, new byte[12], 0, 12)
                        && (bytes[12] != 0 || bytes[13] != 0 || bytes[14] != 0);
        return compatible || Arrays.equals(bytes, 0, 12, NAT64, 0, 12);
    }
}
