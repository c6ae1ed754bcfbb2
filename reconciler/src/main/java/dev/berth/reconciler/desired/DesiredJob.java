package dev.berth.reconciler.desired;

import dev.berth.schemas.config.ResourceId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it should have run.
 *
 * @param run stands for what the document says, and not for the release of the app that it runs
 *     like: that may change without the job being another
 * @param networkOf whose network and volumes it uses: an app, or the job itself
 * @param revision what BERTH_REVISION is
 * @param over what it lays over the variables of the app that it runs like; {@code null} = it runs
 *     like none
 */
public record DesiredJob(
        ResourceId id,
        Location declaredAt,
        SpecHash run,
        ResourceId networkOf,
        ImageSource image,
        DesiredCommand command,
        String revision,
        @Nullable Environment over) {
    /** How it is run like an app whose main process is made from that. */
    static ContainerTemplate template(
            ContainerTemplate main, @Nullable List<String> words, Environment over) {
        return main.running(words == null ? List.of() : words, main.environment().with(over));
    }

    /** The same, like the app as that one is. */
    DesiredJob like(DesiredApp app) {
        return over == null || !(app.workload() instanceof Workload.Containers containers)
                ? this
                : new DesiredJob(
                        id,
                        declaredAt,
                        run,
                        networkOf,
                        containers.image(),
                        new DesiredCommand(
                                template(
                                        containers.main().template(),
                                        command.template().command(),
                                        over),
                                command.timeout()),
                        app.sourceRevision(),
                        over);
    }
}
