package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The host of Berth's own pages, which no app may answer at.
 *
 * @param host without port and final dot; 127.0.0.1 when the Instance names none
 * @param named the Instance that names it; {@code null} when it names none
 */
record OwnHost(String host, @Nullable ResourceId named) {
    static OwnHost of(Instance instance) {
        String url = instance.spec().url();
        return url == null ? new OwnHost("127.0.0.1", null) : new OwnHost(host(url), instance.id());
    }

    /** Of any that the schema lets through: by more than the names that {@code URI} knows. */
    private static String host(String url) {
        return url.replaceFirst("https?://([^/]*).*", "$1")
                .replaceFirst("\\.?(:[0-9]*)?$", "")
                .toLowerCase(Locale.ROOT);
    }

    /** Whether another document claims it, by its name or by a wildcard. */
    boolean isHitBy(Claim claim) {
        String claimed = claim.route().host();
        int dot = host.indexOf('.');
        return claim.owner().kind() != Kind.Instance
                && (claimed.equals(host) || (dot > 0 && claimed.equals("*" + host.substring(dot))));
    }

    /** What is to be said of a claim that hits it. */
    String refusal(Claim claim) {
        String claimed = claim.route().host();
        return "%s is where Berth's own pages are%s"
                .formatted(
                        claimed.equals(host) ? host : claimed + " has " + host + ", which",
                        named == null ? "" : " (spec.url of %s)".formatted(named));
    }
}
