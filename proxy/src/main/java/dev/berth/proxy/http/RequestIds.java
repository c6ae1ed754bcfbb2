package dev.berth.proxy.http;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Makes request ids: 32 hex digits, unique for all practical purposes. One per event loop. */
public final class RequestIds {
    private static final HexFormat HEX = HexFormat.of();

    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._:+=@-]{8,128}");

    private final RandomGenerator random;

    /** Ids drawn from that generator; need not be unpredictable. */
    public RequestIds(RandomGenerator random) {
        this.random = random;
    }

    /** Whether an id that somebody else made can stand in a log: short, and of plain characters. */
    public static boolean isWellFormed(String id) {
        return WELL_FORMED.matcher(id).matches();
    }

    /** A new id. */
    public String next() {
        return HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextLong());
    }
}
