package dev.berth.reconciler.engine;

import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.Instance;

/**
 * Who Berth is to a registry.
 *
 * @param host as {@link Instance.Registry#key} has it
 * @param declared where people find and mend it, for messages
 */
public record RegistryLogin(String host, String username, Secret password, String declared) {
    /** The registry that an image is named with, as {@link Instance.Registry#key} has it. */
    static String hostOf(String reference) {
        int slash = reference.indexOf('/');
        String first = slash < 0 ? "" : reference.substring(0, slash);
        boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
        return named ? Instance.Registry.key(first) : HUB;
    }

    /** Of images whose name begins with no host. */
    static final String HUB = "docker.io";
}
