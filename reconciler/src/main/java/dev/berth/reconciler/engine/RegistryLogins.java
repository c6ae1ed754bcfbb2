package dev.berth.reconciler.engine;

import java.util.List;

/** The logins of registries that the config repo gives; over those of a file. Thread-safe. */
@FunctionalInterface
public interface RegistryLogins {
    /** None. */
    RegistryLogins NONE = List::of;

    /** Those that count now, one a host. */
    List<RegistryLogin> now();
}
