package dev.berth.reconciler.build.detect;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Output.Processes;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was detected, a line each, as the tree files have it. */
final class DetectionPrinter {
    private DetectionPrinter() {}

    static List<String> print(Detection detection) {
        List<String> lines = new ArrayList<>();
        switch (detection) {
            case Detection.Found(var ranked, var passedOver) -> {
                ranked.forEach(candidate -> print(candidate, lines));
                passedOver.forEach(failure -> lines.add("passed over: " + kind(failure)));
            }
            case Detection.Impossible(var failure, var others) -> {
                lines.add(kind(failure));
                lines.add(failure.message());
                others.forEach(candidate -> print(candidate, lines));
            }
        }
        return lines;
    }

    private static void print(Candidate candidate, List<String> lines) {
        lines.add(
                "%s %s (%s)"
                        .formatted(candidate.confidence(), candidate.recipe(), candidate.reason()));
        lines.add(
                "  "
                        + switch (candidate.plan()) {
                            case Plan.OwnDockerfile(var context, var dockerfile) ->
                                    "%s in %s".formatted(dockerfile, context);
                            case Plan.Generated(var blueprint) -> summary(blueprint);
                        });
    }

    private static String summary(Blueprint blueprint) {
        String build = blueprint.build() == null ? "nothing" : blueprint.build().image();
        String manager =
                blueprint.packageManager() == null ? "" : ", " + blueprint.packageManager();
        return "in %s with %s%s: %s"
                .formatted(
                        blueprint.context(),
                        build,
                        manager,
                        switch (blueprint.output()) {
                            case Output.Site(var directory, var spa) ->
                                    "files of " + directory + (spa ? ", single page" : "");
                            case Output.Service service -> processes(service.processes());
                        });
    }

    private static String processes(Processes processes) {
        StringBuilder out = new StringBuilder();
        out.append(command(processes.web())).append(" :").append(processes.port());
        if (processes.release() != null) {
            out.append("; release ").append(command(processes.release()));
        }
        processes.others().forEach((name, c) -> out.append("; " + name + " " + command(c)));
        return out.toString();
    }

    private static String command(@Nullable Command command) {
        return command == null ? "nothing" : String.join(" ", command.words());
    }

    private static String kind(PlanFailure failure) {
        return failure.getClass().getSimpleName();
    }
}
