package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.files.ServerCode;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import java.util.List;
import java.util.Optional;

/** Files that are served as they are. Never a directory with code that a server should run. */
public final class StaticFamily implements Family {
    /** Its name among families. */
    public static final String NAME = "static";

    private static final String INDEX = "index.html";
    private static final List<String> PLACES =
            List.of(".", "public", "www", "site", "dist", "build");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        for (String place : PLACES) {
            String index = place.equals(".") ? INDEX : place + "/" + INDEX;
            if (project.has(index)) {
                return Optional.of(
                        new Sighting(
                                "static files",
                                Confidence.LOW,
                                index,
                                false,
                                () -> plan(project, place)));
            }
        }
        return Optional.empty();
    }

    private static Blueprint plan(Project project, String place) throws Unplannable {
        List<String> code = project.at(project.inRepo(place)).below(ServerCode::isNamed);
        if (!code.isEmpty()) {
            throw new Unplannable(
                    new PlanFailure.SourceWouldBePublished(project.inRepo(place), code.getFirst()));
        }
        return new Blueprint(
                "static files", project.path(), null, null, new Output.Site(place, false));
    }
}
