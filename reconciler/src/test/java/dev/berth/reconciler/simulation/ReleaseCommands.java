package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.config.ResourceId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which releases began before the command that is to prepare them had ended well. */
final class ReleaseCommands {
    /** Of releases, what ended well and was not taken away by control since. */
    private final Set<String> prepared = new HashSet<>();

    private final Set<String> unprepared = new HashSet<>();

    /**
     * Control has started a container.
     *
     * @param id of it, short or whole
     * @param trees what control had read lately
     * @param stoodBefore which of each app served last: that may be brought back as it was
     */
    void started(String id, Sight before, Sight after, List<Tree> trees, ServedLast stoodBefore) {
        FakeEngine.Item item = after.container(id);
        if (item == null) {
            return;
        }
        if (isRun(item) && item.state() instanceof ContainerView.Exited(int code, _) && code == 0) {
            prepared.add(key(item));
        }
        ContainerView view = item.view();
        if (view == null || !isFirst(view, before)) {
            return;
        }
        String release = key(view);
        if (prepared.contains(release)) {
            unprepared.remove(release);
        } else if (!stoodBefore.is(view) && !trees.isEmpty() && isNeeded(view, trees)) {
            unprepared.add(release);
        }
    }

    /** Control has taken a container away: for another release of that name it runs anew. */
    void removed(FakeEngine.Item item) {
        if (isRun(item)) {
            prepared.remove(key(item));
        }
    }

    /** True for a container of a release that nothing has prepared, and something was to. */
    boolean isUnprepared(ContainerView view) {
        return unprepared.contains(key(view));
    }

    private static boolean isFirst(ContainerView started, Sight before) {
        return before.engine().containers().stream()
                .flatMap(item -> Stream.ofNullable(item.view()))
                .filter(other -> key(other).equals(key(started)))
                .allMatch(other -> other.state() instanceof ContainerView.Created);
    }

    /** All that may be in force have a command, and it is what they ask for that begins. */
    private static boolean isNeeded(ContainerView started, List<Tree> trees) {
        String app = started.owner().name();
        return trees.stream()
                .allMatch(
                        tree -> {
                            Tree.Doc doc = tree.apps().get(app);
                            return doc != null
                                    && tree.generation(app) != null
                                    && doc.spec().twist() == Spec.Twist.RELEASE
                                    && tree.fits(started);
                        });
    }

    private static boolean isRun(FakeEngine.Item item) {
        return "release".equals(item.labels().get(Labels.ROLE));
    }

    private static String key(FakeEngine.Item run) {
        return key(Sight.owner(run), run.labels().getOrDefault(Labels.RUN, ""));
    }

    private static String key(ContainerView view) {
        return key(view.owner(), view.release());
    }

    private static String key(ResourceId app, String release) {
        return app + " " + release;
    }
}
