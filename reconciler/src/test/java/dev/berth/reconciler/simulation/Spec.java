package dev.berth.reconciler.simulation;

/**
 * What the document of one app says.
 *
 * @param image which of the app's images, see {@link #image}
 * @param twist what is special about it
 */
public record Spec(Image image, int replicas, Twist twist) {
    private static final String PROBED =
            ", port: 80, healthcheck: {path: /, interval: 5s, deadline: 60s}";

    /** What containers of an image do. */
    public enum Image {
        QUICK("quick"),
        OTHER("other"),
        SLOW("slow"),
        NEVER_READY("never"),
        ENDS_AT_ONCE("ends"),
        /** Gets ready, and exits some seconds later, so often that it is gone back from. */
        FALLS("falls");

        private final String word;

        Image(String word) {
            this.word = word;
        }

        /** True when containers of it never serve. */
        boolean hopeless() {
            return this == NEVER_READY || this == ENDS_AT_ONCE;
        }

        /** The image that a reference names. */
        static Image of(String reference) {
            for (Image image : values()) {
                if (reference.endsWith(":" + image.word)) {
                    return image;
                }
            }
            throw new IllegalArgumentException("no image " + reference);
        }
    }

    /** What is special about an app. */
    public enum Twist {
        NONE,
        SUSPENDED,
        RECREATE,
        VOLUME,
        COMMAND,
        WORKER,
        /** Its data may be deleted once it is gone. */
        DELETABLE,
        /** Something is run before a release starts. */
        RELEASE,
        /** Something is run every five minutes. */
        CRON,
        /** It has variables of a group. */
        GROUPED,
        /** It needs {@link #PREREQUISITE}, which itself needs nothing. */
        DEPENDS,
        /** It has a secret, as a variable and as a file. */
        SECRET,
        /** It takes over from what somebody ran before, see {@link Event.Disguise#PREDECESSOR}. */
        ADOPTS,
        /**
         * It is gone back from only if it fails within seconds, before {@link Image#FALLS} does.
         */
        BRIEF
    }

    /** What others may depend on. */
    static final String PREREQUISITE = "shop";

    /** What is run by the clock. */
    static final String SCHEDULE = "tick";

    /** The reference of the image; apps share none. */
    public String reference(String app) {
        return reference(app, image);
    }

    public static String reference(String app, Image image) {
        return app + ":" + image.word;
    }

    /** True when some replica answers requests, once it is ready. */
    public boolean serves() {
        return replicas > 0 && twist != Twist.SUSPENDED && twist != Twist.WORKER;
    }

    /** True when it has data. */
    public boolean keepsData() {
        return twist == Twist.VOLUME || twist == Twist.DELETABLE;
    }

    /** True when the app waits for another one. */
    boolean depends(String app) {
        return twist == Twist.DEPENDS && !app.equals(PREREQUISITE);
    }

    /**
     * The document.
     *
     * @param more what else its spec says
     */
    String document(String app, String more) {
        return "apiVersion: berth/v1\nkind: App\nmetadata: {name: %s%s}\nspec: {image: '%s', replicas: %d%s%s}\n"
                .formatted(
                        app,
                        twist == Twist.ADOPTS
                                ? ", annotations: {berth/adopt: " + predecessor(app) + "}"
                                : "",
                        reference(app),
                        replicas,
                        extras(app),
                        more);
    }

    /** The container that an app may take over from. */
    static String predecessor(String app) {
        return "old-" + app;
    }

    private String extras(String app) {
        return switch (twist) {
            case NONE, ADOPTS -> PROBED;
            case SUSPENDED -> PROBED + ", suspend: true";
            case RECREATE -> PROBED + ", rollout: {strategy: recreate}";
            case VOLUME -> PROBED + ", volumes: [{name: data, path: /data}]";
            case COMMAND ->
                    ", port: 80, healthcheck: {command: ['true'], interval: 5s, deadline: 60s}";
            case WORKER -> "";
            case DELETABLE ->
                    PROBED + ", volumes: [{name: data, path: /data, deletionPolicy: Delete}]";
            case RELEASE -> PROBED + ", release: {command: ['true'], timeout: 1m}";
            case CRON ->
                    PROBED
                            + ", cron: [{name: %s, schedule: '*/5 * * * *', command: ['true']}]"
                                    .formatted(SCHEDULE);
            case GROUPED -> PROBED + ", envFrom: [common]";
            case BRIEF -> PROBED + ", rollout: {rollbackWindow: 2s}";
            case SECRET ->
                    PROBED
                            + ", env: {TOKEN: {fromSecret: keep.token}}, secrets: [{secret: keep,"
                            + " key: token}]";
            case DEPENDS ->
                    depends(app)
                            ? PROBED
                                    + ", dependsOn: [{kind: App, name: %s}]".formatted(PREREQUISITE)
                            : PROBED;
        };
    }
}
