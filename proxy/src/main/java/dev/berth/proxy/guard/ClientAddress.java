package dev.berth.proxy.guard;

import io.netty.util.NetUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a client's address means for limits and lists. */
final class ClientAddress {
    private static final int IPV6_NETWORK_BYTES = 8;

    private ClientAddress() {}

    /** Its bytes; {@code null} when it is not an IP address. */
    static byte @Nullable [] bytes(String address) {
        return NetUtil.createByteArrayFromIpAddressString(address);
    }

    /**
     * Who shares a limit with it: an IPv4 address stands for itself, an IPv6 address for its /64,
     * which one household or machine has whole.
     */
    static String sharing(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        byte[] bytes = bytes(address);
        return bytes == null || bytes.length != 16
                ? address
                : Arrays.toString(Arrays.copyOf(bytes, IPV6_NETWORK_BYTES));
    }
}
