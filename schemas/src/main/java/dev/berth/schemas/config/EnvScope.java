package dev.berth.schemas.config;

/** When a variable is there. */
public enum EnvScope {
    @Describe("while the app's source is built, and not in its containers")
    BUILD,
    @Describe("in the app's containers")
    RUNTIME,
    @Describe("both")
    ALL;

    /** While source is built. */
    public boolean atBuild() {
        return this != RUNTIME;
    }

    /** In containers. */
    public boolean atRuntime() {
        return this != BUILD;
    }
}
