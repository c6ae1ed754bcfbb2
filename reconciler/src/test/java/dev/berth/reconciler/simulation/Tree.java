package dev.berth.reconciler.simulation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The config repo at one commit, as the generator means it: one file an app.
 *
 * @param apps documents by name of the app
 * @param maxDeletes of the Instance
 * @param emptied no file is Berth's any more
 */
public record Tree(SortedMap<String, Doc> apps, int maxDeletes, boolean emptied) {
    public static final Tree FIRST = new Tree(new TreeMap<>(), 5, false);

    public Tree {
        apps = Collections.unmodifiableSortedMap(new TreeMap<>(apps));
    }

    /**
     * One document.
     *
     * @param damage {@code null} = right
     */
    public record Doc(Spec spec, @Nullable Damage damage) {}

    /** What is wrong with a document. */
    public enum Damage {
        SYNTAX,
        UNKNOWN_KEY,
        MISSPELT_KIND,
        STRANGE_KIND,
        MISSPELT_HEAD,
        WRONG_TYPE
    }

    /** Something that a person changes in a commit. What can't be done is not done. */
    public sealed interface Edit {}

    public record Put(String app, Spec spec) implements Edit {}

    public record Remove(String app) implements Edit {}

    /** The file stays, with a comment in it. */
    public record Clear(String app) implements Edit {}

    public record Break(String app, Damage damage) implements Edit {}

    public record AllowDeletes(int most) implements Edit {}

    public record Wipe() implements Edit {}

    public Tree with(Edit edit) {
        SortedMap<String, Doc> next = new TreeMap<>(apps);
        switch (edit) {
            case Put(var app, var spec) -> next.put(app, new Doc(spec, null));
            case Remove(var app) -> next.remove(app);
            case Clear(var app) -> next.remove(app);
            case Break(var app, var damage) -> {
                Doc before = next.get(app);
                Spec spec =
                        before == null
                                ? new Spec(Spec.Image.QUICK, 1, Spec.Twist.NONE)
                                : before.spec();
                next.put(app, new Doc(spec, damage));
            }
            case AllowDeletes(int most) -> {
                return new Tree(apps, most, false);
            }
            case Wipe() -> {
                return new Tree(apps, maxDeletes, true);
            }
        }
        return new Tree(next, maxDeletes, false);
    }

    static String path(String app) {
        return "apps/" + app + ".yaml";
    }

    /** The files, by path. */
    public SortedMap<String, String> files() {
        SortedMap<String, String> files = new TreeMap<>();
        if (emptied) {
            files.put("README.md", "moved away");
            return files;
        }
        files.put(
                "berth.yaml",
                "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {source: {interval: 10m}, prune: {maxDeletesPerRun: %d}}\n"
                        .formatted(maxDeletes));
        apps.forEach((app, doc) -> files.put(path(app), text(app, doc)));
        return files;
    }

    private static String text(String app, Doc doc) {
        String right = doc.spec().document(app);
        Damage damage = doc.damage();
        return damage == null
                ? right
                : switch (damage) {
                    case SYNTAX -> right.replace("spec: {", "spec: {{");
                    case UNKNOWN_KEY -> right.replace("replicas:", "replica:");
                    case MISSPELT_KIND -> right.replace("kind: App", "kind: Ap");
                    case STRANGE_KIND -> right.replace("kind: App", "kind: Deployment");
                    case MISSPELT_HEAD -> right.replace("apiVersion:", "piVersion:");
                    case WRONG_TYPE -> right.replaceFirst("replicas: [0-9]+", "replicas: two");
                };
    }
}
