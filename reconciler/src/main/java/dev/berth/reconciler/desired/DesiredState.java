package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.Revision;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What should be, according to a config repo. */
public sealed interface DesiredState {
    /** Every problem found, sorted by place. */
    List<Problem> problems();

    /**
     * The repo could be read.
     *
     * @param instance the instance's name: the value of the instance label
     * @param stale why {@code revision} may not be the newest; {@code null} when it is
     * @param apps by id, sorted; of documents that are right, or whose last right version is kept
     * @param routes claims without conflict, sorted by host and path; each leads to a process of
     *     one of {@code apps} or to another host
     * @param held resources that can't be told how they should be, because their document is wrong
     *     and no right version of it is known, or because what it needs can't be read: whatever
     *     lives of them stays as it is, the routes that they own included
     * @param waiting what keeps a resource from its newest version although its document is right,
     *     for people; its last version is in {@code apps}, or it is held
     * @param pruneHold why nothing may be deleted now, because a file can't be understood and may
     *     have declared anything; {@code null} when deleting is allowed
     * @param jobs by id, sorted; of documents as of {@code apps}
     * @param deletable volumes that may be deleted once nobody declares them, by the last right
     *     document that declared them
     * @param alerts who is told what, by name
     * @param secrets what a container is told of each value that counts, whether one uses it or not
     * @param previews what has come of pull requests and branches that may have a preview; those
     *     that are there are among {@code apps}
     * @param blurred previews that stay as they are; and apps that have previews, with the keys of
     *     those that are proven to have ended: all others that live stay
     * @param trust files with certificates in PEM that documents name as what an authority is
     *     trusted by, as they name them; those that can't be read are not there
     * @param repos URLs that apps name as theirs, also in documents that are held, and those apps
     */
    record Known(
            String instance,
            Instance.Spec settings,
            Revision revision,
            @Nullable Doubt stale,
            SortedMap<ResourceId, DesiredApp> apps,
            List<DesiredRoute> routes,
            Set<ResourceId> held,
            Map<ResourceId, String> waiting,
            @Nullable String pruneHold,
            SortedMap<ResourceId, DesiredJob> jobs,
            Set<VolumeId> deletable,
            List<Problem> problems,
            List<Alert> alerts,
            SortedMap<SecretRef, SecretUse> secrets,
            List<PreviewState> previews,
            Map<ResourceId, Set<String>> blurred,
            SortedMap<String, SortedSet<ResourceId>> repos,
            SortedMap<String, String> trust)
            implements DesiredState {
        public Known {
            previews = List.copyOf(previews);
            blurred = Map.copyOf(blurred);
            repos = Collections.unmodifiableSortedMap(new TreeMap<>(repos));
            trust = Collections.unmodifiableSortedMap(new TreeMap<>(trust));
            jobs = Collections.unmodifiableSortedMap(new TreeMap<>(jobs));
            deletable = Set.copyOf(deletable);
            apps = Collections.unmodifiableSortedMap(new TreeMap<>(apps));
            routes = DesiredRoutes.of(routes);
            held = Set.copyOf(held);
            waiting = Map.copyOf(waiting);
            alerts = List.copyOf(alerts);
            secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
            problems = problems.stream().sorted().toList();
        }

        /**
         * Whether it can't be told how a resource should be, so that it stays as it is: also a
         * preview of an app that is held.
         */
        public boolean holds(ResourceId id) {
            PreviewId preview = PreviewId.of(id);
            return held.contains(id)
                    || (preview != null && (held.contains(preview.parent()) || isBlurred(preview)));
        }

        private boolean isBlurred(PreviewId preview) {
            Set<String> ended = blurred.get(preview.parent());
            return blurred.containsKey(preview.id())
                    || (ended != null && !ended.contains(preview.key()));
        }

        /** The same with apps and jobs otherwise. */
        Known with(
                SortedMap<ResourceId, DesiredApp> otherApps,
                SortedMap<ResourceId, DesiredJob> otherJobs) {
            return new Known(
                    instance, settings, revision, stale, otherApps, routes, held, waiting,
                    pruneHold, otherJobs, deletable, problems, alerts, secrets, previews, blurred,
                    repos, trust);
        }

        /** The same, read when the revision may not be the newest; {@code null} = it is. */
        Known stale(@Nullable Doubt why) {
            return Objects.equals(stale, why)
                    ? this
                    : new Known(
                            instance, settings, revision, why, apps, routes, held, waiting,
                            pruneHold, jobs, deletable, problems, alerts, secrets, previews,
                            blurred, repos, trust);
        }

        /** The routes, to be looked up. */
        public DesiredRoutes claims() {
            return DesiredRoutes.of(routes);
        }

        /** Names of containers that apps take over from. */
        public Set<String> adopted() {
            return apps.values().stream()
                    .map(DesiredApp::adopts)
                    .flatMap(Stream::ofNullable)
                    .collect(Collectors.toSet());
        }
    }

    /**
     * Nothing can be said about what should be. Never means "nothing should be".
     *
     * @param doubt what failed and what to do
     */
    record Unknown(Doubt doubt, List<Problem> problems) implements DesiredState {
        public Unknown {
            problems = problems.stream().sorted().toList();
        }

        /** The repo can't be read, for this cause. */
        public Unknown(String cause, List<Problem> problems) {
            this(Doubt.unavailable(cause), problems);
        }
    }
}
