package dev.berth.reconciler.build.detect;

import dev.berth.reconciler.build.blueprint.Blueprint;

/** How something would be built. */
public sealed interface Plan {
    /** The directory of the repo that the build sees. */
    String context();

    /**
     * By the author's own Dockerfile, as it is.
     *
     * @param dockerfile relative to the context
     */
    record OwnDockerfile(String context, String dockerfile) implements Plan {}

    /** By a Dockerfile that Berth writes. */
    record Generated(Blueprint blueprint) implements Plan {
        @Override
        public String context() {
            return blueprint.context();
        }
    }
}
