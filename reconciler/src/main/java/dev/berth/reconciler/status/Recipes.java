package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.status.BuildStatus;
import dev.berth.schemas.status.BuildStatus.Makes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How the code of apps is built, told. Pure. */
final class Recipes {
    private Recipes() {}

    /** Of every app that has code, ordered by app. */
    static List<BuildStatus> of(DesiredState.Known desired) {
        return desired.apps().values().stream().flatMap(Recipes::of).toList();
    }

    private static Stream<BuildStatus> of(DesiredApp app) {
        Recipe recipe = app.workload().recipe();
        SourcePin pin = pin(app.workload());
        return recipe == null || pin == null ? Stream.empty() : Stream.of(told(app, recipe, pin));
    }

    private static BuildStatus told(DesiredApp app, Recipe recipe, SourcePin pin) {
        Recipe.Recognised as = recipe.recognised();
        return new BuildStatus(
                app.id(),
                as == null ? null : as.name(),
                as == null ? null : as.reason(),
                switch (app.workload()) {
                    case Workload.Containers _ -> Makes.Image;
                    case Workload.Files _ -> Makes.Files;
                },
                switch (recipe) {
                    case Recipe.Own _ -> pin.path();
                    case Recipe.Written(_, String context, _, _) -> context;
                    case Recipe.AsItIs(_, _, String directory, _) -> directory;
                },
                recipe instanceof Recipe.Own(String dockerfile) ? dockerfile : null,
                recipe instanceof Recipe.Written written ? written.dockerfile() : null,
                image(app.workload()));
    }

    private static @Nullable String image(Workload workload) {
        return switch (workload) {
            case Workload.Containers(ImageSource.Built built, _) -> built.reference();
            case Workload.Files(Workload.Origin.Bundle(var image), _) -> image.reference();
            case Workload.Containers _, Workload.Files _ -> null;
        };
    }

    private static @Nullable SourcePin pin(Workload workload) {
        return switch (workload) {
            case Workload.Files files -> files.pin();
            case Workload.Containers(ImageSource.Built built, _) -> built.pin();
            case Workload.Containers(ImageSource.Prebuilt _, _),
                    Workload.Containers(ImageSource.Kept _, _) ->
                    null;
        };
    }
}
