package dev.berth.reconciler.simulation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The config repo at one commit, as the generator means it: one file an app or job.
 *
 * @param apps documents by name of the app
 * @param jobs what each job runs, by its name
 * @param maxDeletes of the Instance
 * @param confirmed apps whose data is said to be deleted
 * @param value of a variable that a group gives, and an overlay of the prerequisite
 * @param emptied no file is Berth's any more
 */
public record Tree(
        SortedMap<String, Doc> apps,
        SortedMap<String, Work> jobs,
        int maxDeletes,
        SortedSet<String> confirmed,
        int value,
        boolean emptied) {
    public static final Tree FIRST =
            new Tree(new TreeMap<>(), new TreeMap<>(), 5, new TreeSet<>(), 0, false);

    public Tree {
        apps = Collections.unmodifiableSortedMap(new TreeMap<>(apps));
        jobs = Collections.unmodifiableSortedMap(new TreeMap<>(jobs));
        confirmed = Collections.unmodifiableSortedSet(new TreeSet<>(confirmed));
    }

    /** What a job does. */
    public enum Work {
        ENDS("true"),
        FAILS("false"),
        GOES_ON("sleep infinity");

        private final String command;

        Work(String command) {
            this.command = command;
        }
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

    public record PutJob(String job, Work work) implements Edit {}

    public record RemoveJob(String job) implements Edit {}

    /** A person says that the data of an app is to be deleted, or takes that back. */
    public record Confirm(String app, boolean really) implements Edit {}

    public record SetValue(int value) implements Edit {}

    public Tree with(Edit edit) {
        SortedMap<String, Doc> next = new TreeMap<>(apps);
        SortedMap<String, Work> nextJobs = new TreeMap<>(jobs);
        SortedSet<String> nextConfirmed = new TreeSet<>(confirmed);
        int most = maxDeletes;
        int nextValue = value;
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
            case PutJob(var job, var work) -> nextJobs.put(job, work);
            case RemoveJob(var job) -> nextJobs.remove(job);
            case Confirm(var app, boolean really) -> {
                if (really) {
                    nextConfirmed.add(app);
                } else {
                    nextConfirmed.remove(app);
                }
            }
            case SetValue(int to) -> nextValue = to;
            case AllowDeletes(int to) -> most = to;
            case Wipe() -> {}
        }
        return new Tree(next, nextJobs, most, nextConfirmed, nextValue, edit instanceof Wipe);
    }

    /** True when the document can't be right because another one is missing. */
    boolean inDoubt(String app) {
        Doc doc = apps.get(app);
        Doc other = apps.get(Spec.PREREQUISITE);
        return doc != null && doc.spec().depends(app) && (other == null || other.damage() != null);
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
                "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {environment: sea, source: {interval: 10m}, prune: {maxDeletesPerRun: %d, confirm: [%s]}}\n"
                        .formatted(
                                maxDeletes,
                                String.join(", ", confirmed.stream().map(Tree::volume).toList())));
        files.put(
                "common.yaml",
                "apiVersion: berth/v1\nkind: EnvGroup\nmetadata: {name: common}\nspec: {env: {SHARED: '%d'}}\n"
                        .formatted(value));
        if (value % 2 == 1) {
            files.put("overlay.yaml", overlay());
        }
        jobs.forEach((job, work) -> files.put("jobs/" + job + ".yaml", text(job, work)));
        apps.forEach((app, doc) -> files.put(path(app), text(app, doc)));
        return files;
    }

    private String overlay() {
        return "apiVersion: berth/v1\nkind: Overlay\nmetadata: {name: sea}\nspec: {environment: sea, target: {name: %s}, patch: {spec: {env: {LAID: '%d'}}}}\n"
                .formatted(Spec.PREREQUISITE, value);
    }

    private static String volume(String app) {
        return "volume/" + app + "/data";
    }

    private static String text(String job, Work work) {
        return "apiVersion: berth/v1\nkind: Job\nmetadata: {name: %s}\nspec: {image: '%s', command: '%s', timeout: 1m}\n"
                .formatted(job, Spec.reference(Spec.PREREQUISITE, Spec.Image.QUICK), work.command);
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
