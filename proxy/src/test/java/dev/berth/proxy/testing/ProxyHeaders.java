package dev.berth.proxy.testing;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** PROXY headers of version 2. */
public final class ProxyHeaders {
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

    private ProxyHeaders() {}

    /** One for TCP over IPv4. */
    public static byte[] tcp4(String client, int port, byte... extensions) {
        ByteBuffer body = ByteBuffer.allocate(12 + extensions.length);
        for (String octet : (client + ".127.0.0.1").split("\\.", -1)) {
            body.put((byte) Integer.parseInt(octet));
        }
        body.putShort((short) 40_000).putShort((short) port).put(extensions);
        return of(0x21, 0x11, body.array());
    }

    /** Any one. */
    public static byte[] of(int command, int family, byte[] body) {
        return ByteBuffer.allocate(16 + body.length)
                .put(SIGNATURE)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) body.length)
                .put(body)
                .array();
    }
}
