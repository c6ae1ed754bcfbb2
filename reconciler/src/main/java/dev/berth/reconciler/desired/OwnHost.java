package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The host of Berth's own pages, which no app may answer at.
 *
 * @param instance whose they are
 * @param host without port; 127.0.0.1 when the Instance names none
 */
record OwnHost(ResourceId instance, String host) {
    private static final String LOCAL = "127.0.0.1";

    static OwnHost of(Instance instance) {
        String url = instance.spec().url();
        return new OwnHost(instance.id(), url == null ? LOCAL : host(url));
    }

    private static String host(String url) {
        try {
            String host = new URI(url).getHost();
            return host == null ? LOCAL : host.toLowerCase(Locale.ROOT);
        } catch (URISyntaxException e) {
            return LOCAL;
        }
    }

    /** Whether another document claims it, by its name or by a wildcard. */
    boolean isHitBy(Claim claim) {
        String claimed = claim.route().host();
        int dot = host.indexOf('.');
        return claim.owner().kind() != Kind.Instance
                && (claimed.equals(host) || (dot > 0 && claimed.equals("*" + host.substring(dot))));
    }
}
