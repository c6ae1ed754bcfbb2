package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;

/**
 * What an app runs by the clock.
 *
 * @param id {@link #id(ResourceId, String)}: it is worked on, and stands, by itself
 * @param name unique in the app
 * @param generation stands for all of it but the release of the app
 * @param command made from the release that is wanted; which one it is run with is planned
 * @param keep how many runs of each kind of end are kept, with their logs
 */
public record DesiredCron(
        ResourceId id,
        ResourceId app,
        String name,
        SpecHash generation,
        CronSchedule schedule,
        App.Concurrency concurrency,
        DesiredCommand command,
        int keep) {

    private static final String NAME = "BERTH_CRON";

    /** How it is run by an app whose main process is made from that. */
    static ContainerTemplate template(ContainerTemplate main, String name, List<String> words) {
        return main.running(words, main.environment().with(Map.of(NAME, name)));
    }

    /** The same of an app whose main process is made otherwise. */
    DesiredCron like(ContainerTemplate main) {
        List<String> words = command.template().command();
        return new DesiredCron(
                id,
                app,
                name,
                generation,
                schedule,
                concurrency,
                new DesiredCommand(
                        template(main, name, words == null ? List.of() : words), command.timeout()),
                keep);
    }

    /** {@code job/shop.prune}: no document has such a name. */
    public static ResourceId id(ResourceId app, String name) {
        return new ResourceId(Kind.Job, app.name() + "." + name);
    }
}
