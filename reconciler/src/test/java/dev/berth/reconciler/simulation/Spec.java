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
        ENDS_AT_ONCE("ends");

        private final String word;

        Image(String word) {
            this.word = word;
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
        WORKER
    }

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

    /** The document. */
    public String document(String app) {
        return "apiVersion: berth/v1\nkind: App\nmetadata: {name: %s}\nspec: {image: '%s', replicas: %d%s}\n"
                .formatted(app, reference(app), replicas, extras());
    }

    private String extras() {
        return switch (twist) {
            case NONE -> PROBED;
            case SUSPENDED -> PROBED + ", suspend: true";
            case RECREATE -> PROBED + ", rollout: {strategy: recreate}";
            case VOLUME -> PROBED + ", volumes: [{name: data, path: /data}]";
            case COMMAND ->
                    ", port: 80, healthcheck: {command: ['true'], interval: 5s, deadline: 60s}";
            case WORKER -> "";
        };
    }
}
