package dev.berth.proxy.encode;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which content types get smaller. */
public final class Compressible {
    private static final Set<String> TYPES =
            Set.of(
                    "application/json",
                    "application/javascript",
                    "application/x-javascript",
                    "application/xml",
                    "application/wasm",
                    "application/rtf",
                    "application/x-ndjson",
                    "application/vnd.ms-fontobject",
                    "font/ttf",
                    "font/otf",
                    "image/bmp",
                    "image/x-icon");

    private Compressible() {}

    /** Whether it is worth it; never for event streams, which must arrive event by event. */
    public static boolean is(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int semicolon = contentType.indexOf(';');
        String type =
                (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                        .strip()
                        .toLowerCase(Locale.ROOT);
        return (type.startsWith("text/") && !type.equals("text/event-stream"))
                || type.endsWith("+json")
                || type.endsWith("+xml")
                || TYPES.contains(type);
    }
}
