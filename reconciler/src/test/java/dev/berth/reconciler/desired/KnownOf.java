package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.Revision;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts together what should be; what is not said is as a config repo of one Instance has it. */
public final class KnownOf {
    private String instance = "home";
    private Instance.Spec settings = new SettingsOf().make();
    private Revision revision = new Revision("main", "c".repeat(40), "Ada", Instant.EPOCH);
    private @Nullable Doubt stale;
    private SortedMap<ResourceId, DesiredApp> apps = new TreeMap<>();
    private List<DesiredRoute> routes = List.of();
    private Set<ResourceId> held = Set.of();
    private Map<ResourceId, String> waiting = Map.of();
    private @Nullable String pruneHold;
    private SortedMap<ResourceId, DesiredJob> jobs = new TreeMap<>();
    private Set<VolumeId> deletable = Set.of();
    private List<Problem> problems = List.of();
    private List<Alert> alerts = List.of();
    private SortedMap<SecretRef, SecretUse> secrets = new TreeMap<>();
    private List<PreviewState> previews = List.of();
    private Map<ResourceId, Set<String>> blurred = Map.of();
    private SortedMap<String, SortedSet<ResourceId>> repos = new TreeMap<>();
    private SortedMap<String, String> trust = new TreeMap<>();

    public KnownOf() {}

    /** The same, to be changed. */
    public KnownOf(DesiredState.Known known) {
        instance = known.instance();
        settings = known.settings();
        revision = known.revision();
        stale = known.stale();
        apps = known.apps();
        routes = known.routes();
        held = known.held();
        waiting = known.waiting();
        pruneHold = known.pruneHold();
        jobs = known.jobs();
        deletable = known.deletable();
        problems = known.problems();
        alerts = known.alerts();
        secrets = known.secrets();
        previews = known.previews();
        blurred = known.blurred();
        repos = known.repos();
        trust = known.trust();
    }

    public KnownOf instance(String name, Instance.Spec spec) {
        instance = name;
        settings = spec;
        return this;
    }

    public KnownOf revision(Revision wanted) {
        revision = wanted;
        return this;
    }

    public KnownOf apps(SortedMap<ResourceId, DesiredApp> all) {
        apps = all;
        return this;
    }

    public KnownOf routes(List<DesiredRoute> all) {
        routes = all;
        return this;
    }

    public KnownOf held(Set<ResourceId> all) {
        held = all;
        return this;
    }

    public KnownOf pruneHold(@Nullable String why) {
        pruneHold = why;
        return this;
    }

    public KnownOf jobs(SortedMap<ResourceId, DesiredJob> all) {
        jobs = all;
        return this;
    }

    public KnownOf deletable(Set<VolumeId> all) {
        deletable = all;
        return this;
    }

    public KnownOf secret(SecretUse use) {
        secrets = new TreeMap<>(Map.of(use.ref(), use));
        return this;
    }

    public KnownOf previews(List<PreviewState> all) {
        previews = all;
        return this;
    }

    public KnownOf blurred(Map<ResourceId, Set<String>> all) {
        blurred = all;
        return this;
    }

    public KnownOf repos(SortedMap<String, SortedSet<ResourceId>> all) {
        repos = all;
        return this;
    }

    public DesiredState.Known make() {
        return new DesiredState.Known(
                instance, settings, revision, stale, apps, routes, held, waiting, pruneHold, jobs,
                deletable, problems, alerts, secrets, previews, blurred, repos, trust);
    }
}
