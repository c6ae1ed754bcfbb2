package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The release of an app that what it runs by the clock is run with: the one that serves. While it
 * sleeps, and for an app that wants no container, the one that is wanted, unless that has failed or
 * can't be gone back to.
 *
 * @param revision the commit it is of
 */
record CronBasis(ImageSource image, String revision) {

    /** The release; {@code null} while none is ready. */
    static @Nullable CronBasis of(DesiredApp app, DesiredState.Known desired, LiveState live) {
        if (!(app.workload() instanceof Workload.Containers wanted)) {
            return null;
        }
        List<DesiredRoute> routes = desired.claims().servedBy(app.id());
        List<ContainerView> containers = live.containersOf(app.id());
        Served served = Served.of(live.routes(), app.id(), desired.claims());
        Rest rest = new Rest(app, !routes.isEmpty(), containers, served);
        if (rest.after() != null || rest.mayBeAsleep() || wanted.wantsNone()) {
            return PinHold.of(app) != null || hasFailed(app, live)
                    ? null
                    : new CronBasis(wanted.image(), app.sourceRevision());
        }
        return running(containers, routes, served)
                .flatMap(container -> of(container, wanted))
                .findFirst()
                .orElse(null);
    }

    private static boolean hasFailed(DesiredApp app, LiveState live) {
        FailedAttempt failure = live.failures().get(app.id());
        return failure != null
                && failure.attempts() > 0
                && failure.generation().equals(app.generation().text());
    }

    /**
     * Where traffic tells nothing, the release that was there first: the newer has to prove itself.
     */
    private static Stream<ContainerView> running(
            List<ContainerView> containers, List<DesiredRoute> routes, Served served) {
        Comparator<ContainerView> byAge = Comparator.comparing(ContainerView::createdAt);
        Stream<ContainerView> running = containers.stream().filter(ContainerView::running);
        return routes.isEmpty() || !served.known()
                ? running.sorted(byAge)
                : running.filter(served::has).sorted(byAge.reversed());
    }

    private static Stream<CronBasis> of(ContainerView container, Workload.Containers wanted) {
        if (container.template() == null) {
            return Stream.empty();
        }
        String image = container.template().image();
        return Stream.of(
                new CronBasis(
                        image.equals(wanted.image().reference())
                                ? wanted.image()
                                : ImageSource.again(image),
                        container.revision()));
    }
}
