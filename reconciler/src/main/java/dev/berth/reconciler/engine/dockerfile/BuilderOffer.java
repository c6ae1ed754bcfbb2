package dev.berth.reconciler.engine.dockerfile;

import java.util.Locale;
import java.util.Map;

/** Which builders an engine has. */
public enum BuilderOffer {
    /** The classic one, and BuildKit at {@code POST /build?version=2}. */
    BUILDKIT,
    /** Only the classic one. */
    CLASSIC,
    /** One of its own that understands what BuildKit does, at the plain {@code POST /build}. */
    OWN;

    private static final int FIRST_WITH_BUILDKIT = 39;

    /**
     * Reads the answer to {@code GET /_ping}.
     *
     * <p>{@code Builder-Version} is what the engine prefers: Docker 20.10 has BuildKit and sends no
     * such field. Every Docker on Linux has had it since API 1.39.
     *
     * @param headers first values by name in any case
     */
    public static BuilderOffer of(Map<String, String> headers) {
        String server = header(headers, "server");
        if (server.startsWith("Libpod/") || !header(headers, "libpod-api-version").isEmpty()) {
            return OWN;
        }
        boolean docker =
                server.startsWith("Docker/")
                        && header(headers, "ostype").equals("linux")
                        && minor(header(headers, "api-version")) >= FIRST_WITH_BUILDKIT;
        return docker || header(headers, "builder-version").equals("2") ? BUILDKIT : CLASSIC;
    }

    private static String header(Map<String, String> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().toLowerCase(Locale.ROOT).equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }

    private static int minor(String api) {
        return api.matches("1\\.\\d{1,4}") ? Integer.parseInt(api.substring(2)) : 0;
    }
}
