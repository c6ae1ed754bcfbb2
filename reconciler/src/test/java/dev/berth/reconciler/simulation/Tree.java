package dev.berth.reconciler.simulation;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.ContainerView;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
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
 * @param pins releases that apps are to stay at, by name of the app
 * @param value of a variable that a group gives, and an overlay of the prerequisite
 * @param secret which value the secret has
 * @param alerts whether people are to be told of failures
 * @param emptied no file is Berth's any more
 */
public record Tree(
        SortedMap<String, Doc> apps,
        SortedMap<String, Work> jobs,
        int maxDeletes,
        SortedSet<String> confirmed,
        SortedMap<String, Release> pins,
        int value,
        int secret,
        boolean alerts,
        boolean emptied) {
    private static final String ALERT =
            """
            apiVersion: berth/v1
            kind: Alert
            metadata: {name: ops}
            spec: {slack: {url: {fromFile: slack}}}
            """;

    public static final Tree FIRST =
            new Tree(
                    new TreeMap<>(),
                    new TreeMap<>(),
                    5,
                    new TreeSet<>(),
                    new TreeMap<>(),
                    0,
                    0,
                    false,
                    false);

    public Tree {
        apps = Collections.unmodifiableSortedMap(new TreeMap<>(apps));
        jobs = Collections.unmodifiableSortedMap(new TreeMap<>(jobs));
        confirmed = Collections.unmodifiableSortedSet(new TreeSet<>(confirmed));
        pins = Collections.unmodifiableSortedMap(new TreeMap<>(pins));
    }

    /** A release that was ready once. */
    public record Release(String id, String image) {}

    /** What a job does. */
    public enum Work {
        ENDS("true"),
        FAILS("false"),
        GOES_ON("sleep infinity");

        private final String command;

        Work(String command) {
            this.command = command;
        }

        /** True for the words that a container of it runs, maybe by a shell. */
        boolean isRunBy(List<String> words) {
            return String.join(" ", words).endsWith(command);
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

    public record SetSecret(int secret) implements Edit {}

    public record SetAlert(boolean alerts) implements Edit {}

    /**
     * Somebody has an app stay at one of the releases that Berth shows then.
     *
     * @param which of them, modulo how many there are
     */
    public record Pin(String app, int which) implements Edit {}

    public record Unpin(String app) implements Edit {}

    public Tree with(Edit edit) {
        SortedMap<String, Doc> next = new TreeMap<>(apps);
        SortedMap<String, Work> nextJobs = new TreeMap<>(jobs);
        SortedSet<String> nextConfirmed = new TreeSet<>(confirmed);
        int most = maxDeletes;
        SortedMap<String, Release> nextPins = new TreeMap<>(pins);
        int nextValue = value;
        int nextSecret = secret;
        boolean nextAlerts = alerts;
        switch (edit) {
            case Put(var app, var spec) -> next.put(app, new Doc(spec, null));
            case Remove(var app) -> next.remove(app);
            case Clear(var app) -> next.remove(app);
            case Pin _ -> {} // of what is shown: see pinned
            case Unpin(var app) -> nextPins.remove(app);
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
            case SetSecret(int to) -> nextSecret = to;
            case SetAlert(boolean to) -> nextAlerts = to;
            case AllowDeletes(int to) -> most = to;
            case Wipe() -> {}
        }
        nextPins.keySet().retainAll(next.keySet());
        return new Tree(
                next,
                nextJobs,
                most,
                nextConfirmed,
                nextPins,
                nextValue,
                nextSecret,
                nextAlerts,
                edit instanceof Wipe);
    }

    /** The same, with an app at that release. */
    Tree pinned(String app, Release release) {
        SortedMap<String, Release> next = new TreeMap<>(pins);
        next.put(app, release);
        return new Tree(apps, jobs, maxDeletes, confirmed, next, value, secret, alerts, emptied);
    }

    /** The image that an app is to run: its own, or that of the release it is to stay at. */
    String image(String app, Spec spec) {
        Release pin = pins.get(app);
        return pin == null ? spec.reference(app) : pin.image();
    }

    /** True when a right document asks for that image. */
    boolean runs(String image) {
        return (!jobs.isEmpty()
                        && image.equals(Spec.reference(Spec.PREREQUISITE, Spec.Image.QUICK)))
                || apps.entrySet().stream()
                        .anyMatch(
                                app ->
                                        app.getValue().damage() == null
                                                && !inDoubt(app.getKey())
                                                && app.getValue()
                                                        .spec()
                                                        .reference(app.getKey())
                                                        .equals(image));
    }

    /** Where a right document has its app stay; {@code null} = nowhere, or it is not right. */
    @Nullable Release pin(String app) {
        Doc doc = apps.get(app);
        return doc == null || doc.damage() != null || inDoubt(app) ? null : pins.get(app);
    }

    /** True when some document names the secret. */
    boolean usesSecret() {
        return apps.values().stream().anyMatch(doc -> doc.spec().twist() == Spec.Twist.SECRET);
    }

    /**
     * All that its container is made of, in words, as far as it can change; {@code null} when the
     * document is not right or counts for less than it says.
     */
    @Nullable String madeOf(String app) {
        Doc doc = apps.get(app);
        if (doc == null || doc.damage() != null || inDoubt(app) || pins.containsKey(app)) {
            return null;
        }
        Spec.Twist twist = doc.spec().twist();
        return "%s %s %s %s"
                .formatted(
                        doc.spec().reference(app),
                        twist,
                        twist == Spec.Twist.GROUPED || isLaidOver(app) ? value : "",
                        twist == Spec.Twist.SECRET ? secret : "");
    }

    /** True for a container that its document describes, in all that can be told from it. */
    boolean fits(ContainerView made) {
        String app = made.owner().name();
        Doc doc = apps.get(app);
        ContainerTemplate template = made.template();
        if (doc == null || template == null) {
            return false;
        }
        Spec spec = doc.spec();
        String shown = String.valueOf(value);
        return template.image().equals(spec.reference(app))
                && (template.port() == null) == (spec.twist() == Spec.Twist.WORKER)
                && template.mounts().isEmpty() != spec.keepsData()
                && Objects.equals(
                        template.env().get("SHARED"),
                        spec.twist() == Spec.Twist.GROUPED ? shown : null)
                && Objects.equals(template.env().get("LAID"), isLaidOver(app) ? shown : null)
                && template.secretVariables().isEmpty() != (spec.twist() == Spec.Twist.SECRET);
    }

    /** Stands for the release that the document asks for: what its container is made of. */
    String release(String app, Spec spec) {
        String kind =
                switch (spec.twist()) {
                    case WORKER -> "worker";
                    case VOLUME, DELETABLE -> "volume";
                    case GROUPED -> "grouped " + value;
                    case SECRET -> "secret " + secret;
                    case NONE,
                            SUSPENDED,
                            RECREATE,
                            COMMAND,
                            RELEASE,
                            CRON,
                            DEPENDS,
                            ADOPTS,
                            BRIEF ->
                            "";
                };
        String laid = isLaidOver(app) ? " laid " + value : "";
        return spec.reference(app) + " " + kind + laid;
    }

    /**
     * Stands for all that makes the document ask for something else; {@code null} when it is not
     * right, counts for less than it says, or has the app stay at a release.
     */
    @Nullable String generation(String app) {
        Doc doc = apps.get(app);
        if (emptied
                || doc == null
                || doc.damage() != null
                || inDoubt(app)
                || pins.containsKey(app)) {
            return null;
        }
        String how =
                switch (doc.spec().twist()) {
                    case NONE, BRIEF, ADOPTS, CRON, VOLUME, DELETABLE, WORKER, GROUPED, SECRET ->
                            "";
                    case DEPENDS -> doc.spec().depends(app) ? "depends" : "";
                    case SUSPENDED, RECREATE, COMMAND, RELEASE -> doc.spec().twist().name();
                };
        return "%s %d %s".formatted(release(app, doc.spec()), doc.spec().replicas(), how);
    }

    /** True when the document can't be right because another one is missing. */
    public boolean inDoubt(String app) {
        Doc doc = apps.get(app);
        Doc other = apps.get(Spec.PREREQUISITE);
        return doc != null && doc.spec().depends(app) && (other == null || other.damage() != null);
    }

    /** True when the overlay gives it the variable {@code LAID}. */
    public boolean isLaidOver(String app) {
        return app.equals(Spec.PREREQUISITE) && value % 2 == 1;
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
        if (alerts) {
            files.put("alert.yaml", ALERT);
        }
        if (usesSecret()) {
            files.put(SimSecrets.FILE, SimSecrets.document(secret));
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

    private String text(String app, Doc doc) {
        Release pin = pins.get(app);
        String right = doc.spec().document(app, pin == null ? "" : ", pin: '" + pin.id() + "'");
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
