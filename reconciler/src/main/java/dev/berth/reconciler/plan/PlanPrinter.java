package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change.BelieveProxies;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.PublishSite;
import dev.berth.reconciler.plan.Change.RemoveResource;
import dev.berth.reconciler.plan.Change.RemoveRuns;
import dev.berth.reconciler.plan.Change.RemoveVolume;
import dev.berth.reconciler.plan.Change.RetireContainers;
import dev.berth.reconciler.plan.Change.RunReleaseCommand;
import dev.berth.reconciler.plan.Change.StartRelease;
import dev.berth.reconciler.plan.Change.StartRun;
import dev.berth.reconciler.plan.Change.StopForeign;
import dev.berth.reconciler.plan.Change.StopRun;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Change.ToContainers;
import dev.berth.reconciler.plan.Change.ToElsewhere;
import dev.berth.reconciler.plan.Change.ToNothing;
import dev.berth.reconciler.plan.Change.ToPaused;
import dev.berth.reconciler.plan.Change.ToSite;
import dev.berth.reconciler.plan.Change.ToSleep;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A plan as text: the same in the log, in {@code berth plan}, in the API and in the UI.
 *
 * <pre>
 * Plan for main@sha1:…: 1 resource to change, 0 to remove, 2 unchanged
 *
 * app/shop
 *   + start release 3f2a91c0 of image shop:2: web #1
 *       image changed: shop:1 -> shop:2
 *   ~ switch shop.example.com to it
 *   - stop 1 container of release 77aa01bc after draining for up to 30 s
 *       replaced by release 3f2a91c0
 * </pre>
 */
public final class PlanPrinter {
    private PlanPrinter() {}

    /** The whole plan; ends with a line end. */
    public static String print(Plan plan) {
        StringBuilder text = new StringBuilder("Plan");
        if (!plan.revision().isEmpty()) {
            text.append(" for ").append(plan.revision());
        }
        if (plan.unknown() != null) {
            return text.append(": nothing is changed: ")
                    .append(plan.unknown())
                    .append('\n')
                    .toString();
        }
        text.append(": ").append(summary(plan)).append('\n');
        for (Map.Entry<ResourceId, List<Change>> group : plan.byResource().entrySet()) {
            text.append('\n').append(group.getKey()).append('\n');
            List<Reason> before = List.of();
            for (Change change : group.getValue()) {
                text.append("  ").append(line(change)).append('\n');
                if (!change.reasons().equals(before)) {
                    change.reasons().forEach(reason -> text.append(reason.text().indent(6)));
                }
                before = change.reasons();
            }
        }
        orphans(text, plan.orphans());
        return text.toString();
    }

    private static void orphans(StringBuilder text, List<Plan.Orphan> orphans) {
        if (orphans.isEmpty()) {
            return;
        }
        text.append("\nvolumes that nobody declares\n");
        orphans.forEach(orphan -> text.append(orphan(orphan).indent(2)));
    }

    /** A volume that stays though nobody declares it, in one line or two. */
    public static String orphan(Plan.Orphan orphan) {
        String keep = "= keep " + orphan.volume().name();
        return orphan.deletable()
                ? "%s\n    to delete its data, add it to the Instance: %s"
                        .formatted(keep, confirm(List.of(orphan.volume().id().toString())))
                : keep + " (deletionPolicy: Retain)";
    }

    /** The YAML that confirms deletions, below {@code spec} of the Instance. */
    public static String confirm(List<String> ids) {
        return "prune: {confirm: [%s]}".formatted(String.join(", ", ids));
    }

    private static String summary(Plan plan) {
        if (plan.isEmpty()) {
            return "nothing to change, %s as declared".formatted(resources(plan.unchanged()));
        }
        long removed =
                plan.byResource().values().stream()
                        .filter(group -> group.getFirst() instanceof RemoveResource)
                        .count();
        return "%s to change, %d to remove, %d unchanged"
                .formatted(
                        resources(plan.byResource().size() - removed), removed, plan.unchanged());
    }

    private static String resources(long count) {
        return count + (count == 1 ? " resource" : " resources");
    }

    /** One change in one line, without its reasons. */
    public static String line(Change change) {
        return switch (change) {
            case StartRelease(_, var release, _) -> start(release);
            case PublishSite(_, var site, _) -> "+ " + publish(site);
            case SwitchTraffic(_, var routes, var to, _) ->
                    "~ " + traffic(routes, hosts(change), to);
            case BelieveProxies(_, var proxies, _) -> "~ " + FrontDiff.show(proxies);
            case RetireContainers(_, var containers, var drain, var keep, var patience, _) ->
                    "- stop %s%s %s%s"
                            .formatted(
                                    containers(containers.size()),
                                    releases(containers),
                                    switch (patience) {
                                        case NONE, STREAMS ->
                                                "after draining for up to %d s"
                                                        .formatted(drain.toSeconds());
                                        case REQUESTS -> "unless there is anything in flight";
                                    },
                                    keep ? ", kept until the new release works" : "");
            case RunReleaseCommand(_, var release, var image, var command, _, _) ->
                    "+ run the release command of %s with %s, for up to %d s"
                            .formatted(release, image(image), command.timeout().toSeconds());
            case StartRun(_, var run, _) ->
                    run.role() == RunView.Role.CRON
                            ? "+ run %s with %s".formatted(run.id(), image(run.image()))
                            : "+ run it once, with %s".formatted(image(run.image()));
            case StopRun(_, var run, _) -> "- stop " + run.name();
            case RemoveRuns(_, var runs, _) ->
                    "- remove what ran once: %s"
                            .formatted(
                                    runs.stream()
                                            .map(RunView::name)
                                            .collect(Collectors.joining(", ")));
            case RemoveResource(_, var containers, var runs, var network, _, var after, var why) ->
                    "- remove it: %s%s%s; volumes %s%s"
                            .formatted(
                                    containers(containers.size()),
                                    runs.isEmpty() ? "" : ", " + runs(runs.size()),
                                    network == null ? "" : ", network " + network,
                                    why.stream().anyMatch(Reason.PreviewEnded.class::isInstance)
                                            ? "follow"
                                            : "are kept",
                                    after.isEmpty() ? "" : "; once done with " + ids(after));
            case RemoveVolume(_, var volume, _) ->
                    "- delete volume %s and all its data".formatted(volume.name());
            case StopForeign(_, var other, var grace, _) ->
                    "- stop container %s, which is not Berth's and is kept, within %d s"
                            .formatted(other.name(), grace.toSeconds());
            case Blocked(_, var code, _, _) -> "! not done: " + code;
        };
    }

    /**
     * What a pass did to one resource, in a few words: what it started or published if it did, else
     * the last thing, and why if that is short.
     *
     * @param done changes of one resource that were carried out, in order, at least one
     */
    public static String headline(List<Change> done) {
        Change chief =
                done.stream()
                        .filter(c -> c instanceof StartRelease || c instanceof PublishSite)
                        .findFirst()
                        .orElse(done.getLast());
        String why = chief.reasons().getFirst().text().lines().findFirst().orElse("");
        return line(chief).substring(2) + (why.length() > 60 ? "" : " (" + why + ")");
    }

    private static String start(Release release) {
        if (release.starts().isEmpty()) {
            return "+ prove release %s ready: %s"
                    .formatted(
                            release.id(),
                            release.candidates().stream()
                                    .map(c -> c.container().name())
                                    .collect(Collectors.joining(", ")));
        }
        return "+ start release %s of %s: %s"
                .formatted(release.id(), image(release.image()), slots(release.starts()));
    }

    private static String image(ImageSource image) {
        return switch (image) {
            case ImageSource.Prebuilt(var reference) -> "image " + reference;
            case ImageSource.Kept(var reference) -> "image " + reference;
            case ImageSource.Built built ->
                    "image %s built from %s%s"
                            .formatted(built.reference(), source(built.pin()), as(built.recipe()));
        };
    }

    private static String publish(Workload.Files site) {
        String id = site.id().substring(0, 12);
        return switch (site.from()) {
            case Workload.Origin.Directory(var pin) ->
                    "publish the files of %s (%s)".formatted(pin.path(), id);
            case Workload.Origin.Selection(var pin, var recipe) ->
                    "publish the files of %s (%s)%s".formatted(source(pin), id, as(recipe));
            case Workload.Origin.Bundle(var image) ->
                    "publish the files built from %s (%s)%s"
                            .formatted(source(image.pin()), id, as(image.recipe()));
        };
    }

    private static String source(SourcePin pin) {
        return "%s at %s"
                .formatted(
                        pin.path().equals(".") ? "the repo's root" : pin.path(),
                        pin.revision().shortCommit());
    }

    private static String as(Recipe recipe) {
        Recipe.Recognised known = recipe.recognised();
        return known == null ? "" : ", recognised as %s".formatted(known.name());
    }

    private static String slots(List<Release.Start> starts) {
        Map<String, List<String>> slots =
                starts.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Release.Start::process,
                                        TreeMap::new,
                                        Collectors.mapping(
                                                s -> "#" + s.slot(), Collectors.toList())));
        return slots.entrySet().stream()
                .map(e -> e.getKey() + " " + String.join(" ", e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String hosts(Change change) {
        return change instanceof SwitchTraffic(_, var routes, _, _)
                ? routes.stream()
                        .map(r -> r.host() + (r.path().equals("/") ? "" : r.path()))
                        .collect(Collectors.joining(", "))
                : "";
    }

    private static String traffic(List<DesiredRoute> routes, String hosts, Change.Target to) {
        if (routes.isEmpty()) {
            return "take its routes out of service";
        }
        return switch (to) {
            case ToContainers(var serving, var withNew) ->
                    "switch %s to %s".formatted(hosts, backends(serving.size(), withNew));
            case ToSite _ -> "switch %s to these files".formatted(hosts);
            case ToElsewhere() ->
                    routes.getFirst().destination() instanceof DesiredRoute.ToControl
                            ? "take webhooks at " + hosts
                            : "redirect %s".formatted(hosts);
            case ToPaused(var because) -> "hold requests for %s: %s".formatted(hosts, because);
            case ToSleep() -> "put %s to sleep until a request comes".formatted(hosts);
            case ToNothing(var because) -> "answer %s with 503: %s".formatted(hosts, because);
        };
    }

    private static String backends(int staying, boolean withNew) {
        if (!withNew) {
            return staying == 0 ? "503: no container is wanted" : containers(staying);
        }
        return staying == 0 ? "it" : "it and %s beside it".formatted(containers(staying));
    }

    private static String ids(List<ResourceId> ids) {
        return ids.stream().map(ResourceId::toString).collect(Collectors.joining(", "));
    }

    private static String runs(int count) {
        return count + (count == 1 ? " run" : " runs");
    }

    private static String containers(int count) {
        return count + (count == 1 ? " container" : " containers");
    }

    private static String releases(List<dev.berth.reconciler.live.ContainerView> containers) {
        return containers.stream()
                .map(c -> c.release())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", ", " of release ", ""));
    }
}
