package dev.berth.proxy.guard;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/** What a client's address means for lists. */
final class ClientAddress {
    private ClientAddress() {}

    /** Its bytes; {@code null} when it is not an IP address. */
    static byte @Nullable [] bytes(String address) {
        return NetUtil.createByteArrayFromIpAddressString(address);
    }
}
