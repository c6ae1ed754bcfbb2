package dev.berth.reconciler.live;

/** The labels by which Berth knows its objects in the engine. Immutable on a container. */
public final class Labels {
    /** Name of the instance that owns the object; nothing without ours is ever touched. */
    public static final String INSTANCE = "dev.berth.instance";

    /** {@code app}. */
    public static final String KIND = "dev.berth.kind";

    /** Name of the resource. */
    public static final String NAME = "dev.berth.name";

    /** Process of the app. */
    public static final String PROCESS = "dev.berth.process";

    /** Which replica, from 1. */
    public static final String SLOT = "dev.berth.slot";

    /** Hash of the template. */
    public static final String SPEC_HASH = "dev.berth.spec-hash";

    /** The template as JSON. */
    public static final String SPEC = "dev.berth.spec";

    /** Short id of the release. */
    public static final String RELEASE = "dev.berth.release";

    /** The commit it was started for. */
    public static final String REVISION = "dev.berth.revision";

    /** Ids of what its resource depends on, comma-separated; missing = nothing. */
    public static final String DEPENDS_ON = "dev.berth.depends-on";

    /** What a container that runs once is for: {@code release}; missing = it serves. */
    public static final String ROLE = "dev.berth.role";

    /** Which run of its role: the id of the release. */
    public static final String RUN = "dev.berth.run";

    /** Number of a stamp that says who writes. */
    public static final String EPOCH = "dev.berth.epoch";

    /** Id of the home that stamped it. */
    public static final String HOLDER = "dev.berth.holder";

    /**
     * On an image: name of the instance that built it. Another label than that of objects, because
     * containers that people make of an image inherit its labels.
     */
    public static final String BUILT_BY = "dev.berth.built-by";

    /** Groups containers for tools that know Compose. */
    public static final String COMPOSE_PROJECT = "com.docker.compose.project";

    /** Likewise. */
    public static final String COMPOSE_SERVICE = "com.docker.compose.service";

    private Labels() {}
}
