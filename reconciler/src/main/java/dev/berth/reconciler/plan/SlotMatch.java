package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredProcess;
import dev.berth.reconciler.desired.SpecHash;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.plan.Reason.FieldChanged;
import dev.berth.reconciler.plan.Reason.FirstDeployment;
import dev.berth.reconciler.plan.Reason.ReplicaMissing;
import dev.berth.reconciler.plan.Reason.ScaledDown;
import dev.berth.reconciler.plan.Reason.Superseded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which containers fill which replica slots of an app, which are to be made and which are too many.
 *
 * @param release id of the wanted release
 * @param kept containers that are as they should be
 * @param starts containers to make
 * @param startReasons why
 * @param obsolete containers to stop
 * @param obsoleteReasons why
 */
record SlotMatch(
        String release,
        List<ContainerView> kept,
        List<Release.Start> starts,
        List<Reason> startReasons,
        List<ContainerView> obsolete,
        List<Reason> obsoleteReasons) {

    /**
     * Compares.
     *
     * @param live the app's containers
     * @param before what is known of the time before
     */
    static SlotMatch of(
            String instance,
            DesiredApp app,
            Workload.Containers wanted,
            List<ContainerView> live,
            Before before) {
        Builder builder = new Builder(instance, app, releaseId(wanted.templates()), live, before);
        wanted.processes().forEach(builder::fill);
        builder.sortOut(wanted);
        return builder.build();
    }

    /** How far an app had come. */
    enum Before {
        /** Nothing is known of it. */
        NOTHING,

        /** It was begun, maybe with another release. */
        BEGUN,

        /** Of its releases, the wanted one was ready last: what lacks of it was lost. */
        READY
    }

    /** True when there is more to start than what should be there already. */
    boolean isNewRelease() {
        return startReasons.stream()
                .anyMatch(
                        reason ->
                                !(reason instanceof Reason.NotRunning
                                        || reason instanceof Reason.ReplicaMissing
                                        || reason instanceof Reason.Drifted));
    }

    /**
     * Ids of releases are hashes, so the same containers are the same release, whatever the commit.
     */
    static String releaseId(SortedMap<String, ContainerTemplate> templates) {
        TreeMap<String, String> hashes = new TreeMap<>();
        templates.forEach((name, template) -> hashes.put(name, template.hash().text()));
        return SpecHash.of(new Hashes(hashes)).text().substring(0, 8);
    }

    private record Hashes(SortedMap<String, String> processes) {}

    private static final class Builder {
        private final String instance;
        private final DesiredApp app;
        private final String release;
        private final List<ContainerView> live;
        private final Before before;
        private final String network;
        private final Set<String> takenNames;
        private final List<ContainerView> kept = new ArrayList<>();
        private final List<ContainerView> reused = new ArrayList<>();
        private final List<Release.Start> starts = new ArrayList<>();
        private final Set<Reason> startReasons = new LinkedHashSet<>();
        private final List<ContainerView> obsolete = new ArrayList<>();
        private final Set<Reason> obsoleteReasons = new LinkedHashSet<>();

        Builder(
                String instance,
                DesiredApp app,
                String release,
                List<ContainerView> live,
                Before before) {
            this.instance = instance;
            this.app = app;
            this.release = release;
            this.live =
                    live.stream()
                            .sorted(
                                    Comparator.comparing(ContainerView::running)
                                            .reversed()
                                            .thenComparing(ContainerView::name))
                            .toList();
            this.before = before;
            this.network = ObjectNames.network(instance, app.id());
            this.takenNames = live.stream().map(ContainerView::name).collect(Collectors.toSet());
        }

        void fill(String process, DesiredProcess wanted) {
            String hash = wanted.template().hash().text();
            for (int slot = 1; slot <= wanted.replicas(); slot++) {
                List<ContainerView> inSlot = inSlot(process, slot);
                List<ContainerView> fit =
                        inSlot.stream()
                                .filter(c -> c.specHash().equals(hash))
                                .filter(c -> drift(c, wanted.template()).isEmpty())
                                .toList();
                if (!fit.isEmpty()) {
                    kept.add(fit.getFirst());
                } else {
                    start(process, slot, wanted);
                    startReasons.addAll(whyStart(process, slot, wanted.template(), inSlot));
                }
            }
        }

        private List<ContainerView> inSlot(String process, int slot) {
            return live.stream()
                    .filter(c -> c.process().equals(process) && c.slot() == slot)
                    .toList();
        }

        private List<Reason> drift(ContainerView container, ContainerTemplate template) {
            return Drift.of(container, template, network);
        }

        private void start(String process, int slot, DesiredProcess wanted) {
            String name = ObjectNames.container(instance, app.id(), process, release, slot, 1);
            for (int attempt = 2; takenNames.contains(name) && !reusable(name, wanted); attempt++) {
                name = ObjectNames.container(instance, app.id(), process, release, slot, attempt);
            }
            starts.add(
                    new Release.Start(name, process, slot, wanted.template(), wanted.readiness()));
        }

        /** A container made by an interrupted pass and never started is used, not made again. */
        private boolean reusable(String name, DesiredProcess wanted) {
            for (ContainerView container : live) {
                if (container.name().equals(name)
                        && container.state() instanceof ContainerView.Created
                        && container.specHash().equals(wanted.template().hash().text())) {
                    reused.add(container);
                    return true;
                }
            }
            return false;
        }

        private List<Reason> whyStart(
                String process, int slot, ContainerTemplate wanted, List<ContainerView> inSlot) {
            if (live.isEmpty() && before != Before.READY) {
                return List.of(
                        before == Before.BEGUN ? new Reason.NoneThere() : new FirstDeployment());
            }
            List<Reason> reasons = new ArrayList<>();
            for (ContainerView old : inSlot) {
                if (old.specHash().equals(wanted.hash().text())) {
                    reasons.addAll(drift(old, wanted));
                } else {
                    reasons.addAll(difference(old, wanted));
                }
            }
            return reasons.isEmpty() ? List.of(new ReplicaMissing(process, slot)) : reasons;
        }

        private static List<Reason> difference(ContainerView old, ContainerTemplate wanted) {
            ContainerTemplate template = old.template();
            List<Reason> fields =
                    template == null ? List.of() : TemplateDiff.between(template, wanted);
            return fields.isEmpty()
                    ? List.of(new FieldChanged("spec", old.specHash(), wanted.hash().text()))
                    : fields;
        }

        void sortOut(Workload.Containers wanted) {
            for (ContainerView container : live) {
                if (!kept.contains(container) && !reused.contains(container)) {
                    obsolete.add(container);
                    obsoleteReasons.addAll(whyStop(container, wanted.processes()));
                }
            }
        }

        private List<Reason> whyStop(
                ContainerView container, Map<String, DesiredProcess> processes) {
            DesiredProcess wanted = processes.get(container.process());
            if (wanted == null) {
                return List.of(
                        new FieldChanged("processes." + container.process(), "declared", "(none)"));
            }
            if (!container.specHash().equals(wanted.template().hash().text())) {
                return List.of(new Superseded(release));
            }
            if (container.slot() > wanted.replicas()) {
                return List.of(new ScaledDown(container.process(), wanted.replicas()));
            }
            List<Reason> drift = drift(container, wanted.template());
            return drift.isEmpty() ? List.of(new Superseded(release)) : drift;
        }

        SlotMatch build() {
            return new SlotMatch(
                    release,
                    List.copyOf(kept),
                    List.copyOf(starts),
                    List.copyOf(startReasons),
                    List.copyOf(obsolete),
                    List.copyOf(obsoleteReasons));
        }
    }
}
