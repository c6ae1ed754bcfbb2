package dev.berth.schemas.edge;

/**
 * What a host asks of clients about TLS.
 *
 * @param redirect true answers http with 308 to https
 * @param hstsSeconds max-age of Strict-Transport-Security (RFC 6797), sent over https only; 0 = not
 *     sent
 * @param hstsSubdomains whether that holds for every host below, too
 */
public record Https(boolean redirect, long hstsSeconds, boolean hstsSubdomains) {
    /** Asks nothing. */
    public static final Https OPTIONAL = new Https(false, 0, false);

    public Https {
        if (hstsSeconds < 0) {
            throw new IllegalArgumentException("hstsSeconds is negative: " + hstsSeconds);
        }
    }
}
