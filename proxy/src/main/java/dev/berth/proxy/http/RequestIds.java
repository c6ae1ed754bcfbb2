package dev.berth.proxy.http;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes request ids: 32 hex digits, unique for all practical purposes. One per event loop. */
public final class RequestIds {
    private static final HexFormat HEX = HexFormat.of();

    private final RandomGenerator random;

    /** Ids drawn from that generator; need not be unpredictable. */
    public RequestIds(RandomGenerator random) {
        this.random = random;
    }

    /** A new id. */
    public String next() {
        return HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextLong());
    }
}
