package dev.berth.reconciler.plan;

import dev.berth.schemas.config.App;

/** Scenes in which something is left over. */
public final class OrphanScenes {
    private OrphanScenes() {}

    /** An app that is as declared. */
    public static Scene nothing() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        return scene.serve("shop", scene.live("shop", Scene.template("shop:1"), 1));
    }

    /** Volumes of an app that is gone, one of each policy. */
    public static Scene volumes() {
        return new Scene()
                .volume("shop", "kept", App.DeletionPolicy.Retain)
                .volume("shop", "cache", App.DeletionPolicy.Delete);
    }

    /** An app that nobody declares and that serves. */
    public static Scene removed() {
        Scene scene = new Scene();
        return scene.serve("shop", scene.live("shop", Scene.template("shop:1"), 1));
    }

    /** The same, but more may not be deleted. */
    public static Scene tooMany() {
        return removed().maxDeletes(0);
    }

    /** The same, but a file can't be understood. */
    public static Scene frozen() {
        return removed().pruneHold("apps/x.yaml can't be understood");
    }
}
