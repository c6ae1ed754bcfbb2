package dev.berth.reconciler.engine;

/** The kinds of call to an engine. */
public enum EngineCall {
    CONTAINERS(false),
    CONTAINER(false),
    NETWORKS(false),
    RUNS(false),
    RUN(false),
    VOLUMES(false),
    HAS_IMAGE(false),
    LOGS(false),
    EVENTS(false),
    EXEC(false),
    READ_FILES(false),
    PULL(true),
    PUSH(true),
    TAG(true),
    BUILD(true),
    ENSURE_NETWORK(true),
    ENSURE_VOLUME(true),
    REMOVE_NETWORK(true),
    REMOVE_VOLUME(true),
    CREATE(true),
    CREATE_RUN(true),
    START(true),
    STOP(true),
    REMOVE(true),
    PUT_FILES(true),
    EPOCHS(false),
    STAMP(true),
    REMOVE_STAMP(true),
    IMAGES(false),
    IMAGE_ID(false),
    REMOVE_IMAGE(true),
    PRUNE_CACHE(true),
    DISK(false);

    private final boolean write;

    EngineCall(boolean write) {
        this.write = write;
    }

    /** True when it can change something in the engine. */
    public boolean write() {
        return write;
    }
}
