package dev.berth.proxy.limit;

import io.netty.util.NetUtil;
import java.util.Arrays;

/** Who shares a limit. */
public final class ClientNetwork {
    /** Of a /64 of IPv6, which one household or machine has whole. */
    static final int IPV6_BYTES = 8;

    private ClientNetwork() {}

    /**
     * A name for all that share a limit with an address: an IPv4 address stands for itself, an IPv6
     * address for its /64.
     */
    public static String of(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        return bytes == null || bytes.length != 16
                ? address
                : Arrays.toString(Arrays.copyOf(bytes, IPV6_BYTES));
    }
}
