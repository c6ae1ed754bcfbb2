package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An app's document with what its code says of itself: the processes that it has, where web
 * listens, what runs before a release; or that it is files. What the document says wins, field by
 * field. So that all who read documents need not know where a process comes from. Pure.
 */
final class CompletedApp {
    private static final Duration RELEASE_TIMEOUT = Duration.ofMinutes(10);

    private CompletedApp() {}

    static App of(App app, @Nullable Recipe recipe) {
        return switch (recipe) {
            case null -> app;
            case Recipe.Own _ -> app;
            case Recipe.AsItIs(_, _, String directory, boolean spa) ->
                    new App(app.metadata(), app.spec().but().files(files(directory, spa)).make());
            case Recipe.Written(_, String context, _, Recipe.Site(boolean spa)) ->
                    new App(app.metadata(), app.spec().but().files(files(context, spa)).make());
            case Recipe.Written(_, _, _, Recipe.Program program) ->
                    new App(app.metadata(), with(app.spec(), program));
        };
    }

    private static App.StaticFiles files(String directory, boolean spa) {
        return new App.StaticFiles(directory, spa);
    }

    private static App.Spec with(App.Spec spec, Recipe.Program program) {
        SortedMap<String, App.ProcessSpec> all = new TreeMap<>();
        program.others()
                .forEach(
                        (name, command) ->
                                all.put(
                                        name,
                                        new App.ProcessSpec(command, null, App.Protocol.HTTP, 1)));
        all.put(AppRules.WEB, new App.ProcessSpec(null, program.port(), App.Protocol.HTTP, 1));
        EffectiveProcesses.of(spec)
                .forEach((name, written) -> all.merge(name, written, CompletedApp::merged));
        App.ReleaseCommand before =
                spec.release() != null || program.release() == null
                        ? spec.release()
                        : new App.ReleaseCommand(program.release(), RELEASE_TIMEOUT);
        return spec.but().processes(all, before).make();
    }

    private static App.ProcessSpec merged(App.ProcessSpec found, App.ProcessSpec written) {
        return new App.ProcessSpec(
                written.command() == null ? found.command() : written.command(),
                written.port() == null ? found.port() : written.port(),
                written.protocol(),
                written.replicas());
    }
}
