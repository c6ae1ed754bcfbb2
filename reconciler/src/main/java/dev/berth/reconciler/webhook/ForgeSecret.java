package dev.berth.reconciler.webhook;

import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.Instance.ForgeType;

/**
 * A forge whose deliveries are taken.
 *
 * @param host as config names it
 */
record ForgeSecret(String host, ForgeType type, Secret secret) {
    /** True when a repo is kept there. URLs for SSH have another port, or none. */
    boolean keeps(RepoAddress repo) {
        int port = host.lastIndexOf(':');
        return repo.host().equals(host)
                || (port > 0 && repo.host().equals(host.substring(0, port)));
    }
}
