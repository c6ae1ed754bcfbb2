package dev.berth.reconciler.webhook;

import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.Instance.ForgeType;
import java.util.Arrays;

/**
 * A forge whose deliveries are taken.
 *
 * @param host as config names it
 * @param secret without the line ends at its end, which editors and {@code echo} leave there and no
 *     forge has
 */
record ForgeSecret(String host, ForgeType type, Secret secret) {
    ForgeSecret {
        byte[] bytes = secret.bytes();
        int length = bytes.length;
        while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
            length--;
        }
        secret = Secret.of(Arrays.copyOf(bytes, length));
    }

    /** True when a repo is kept there. URLs for SSH have another port, or none. */
    boolean keeps(RepoAddress repo) {
        int port = host.lastIndexOf(':');
        return repo.host().equals(host)
                || (port > 0 && repo.host().equals(host.substring(0, port)));
    }
}
