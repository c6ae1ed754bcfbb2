package dev.berth.reconciler.build.kept;

import java.time.InstantSource;

final class InMemoryBuildStoreTest extends BuildStoreContract {
    @Override
    protected BuildStore store() {
        return new InMemoryBuildStore(InstantSource.system());
    }
}
