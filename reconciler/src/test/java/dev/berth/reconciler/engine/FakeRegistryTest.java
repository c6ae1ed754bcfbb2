package dev.berth.reconciler.engine;

import java.time.InstantSource;

/** The fake keeps the contract. */
final class FakeRegistryTest extends RegistryContract {
    private static final String HOST = "registry.test:5000";
    private final FakeEngine engine =
            new FakeEngine(InstantSource.system())
                    .withImages("busybox:1")
                    .at(new FakeRegistry().needing(HOST, USER, RealRegistry.PASSWORD))
                    .as(logins());

    @Override
    ContainerEngine engine() {
        return engine;
    }

    @Override
    String host() {
        return HOST;
    }
}
