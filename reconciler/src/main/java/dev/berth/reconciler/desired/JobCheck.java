package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Whether jobs name an app that they can run like. */
final class JobCheck {
    private final Fates fates;
    private final SortedMap<ResourceId, Choice> chosen;
    private final Problems problems;
    private final Map<ResourceId, String> waiting;

    /**
     * @param waiting gets why a right document does not count yet
     */
    JobCheck(
            Fates fates,
            SortedMap<ResourceId, Choice> chosen,
            Problems problems,
            Map<ResourceId, String> waiting) {
        this.fates = fates;
        this.chosen = chosen;
        this.problems = problems;
        this.waiting = waiting;
    }

    /** The documents that don't count now. */
    List<Choice> wrong() {
        return chosen.values().stream().filter(this::isWrong).toList();
    }

    private boolean isWrong(Choice choice) {
        if (!(choice.document() instanceof Job job) || job.spec().app() == null) {
            return false;
        }
        ResourceId id = ResourceId.app(job.spec().app());
        String fault = fault(id);
        if (fault == null) {
            return false;
        }
        boolean mayBeThere =
                !chosen.containsKey(id) && (fates.isWrong(id) || fates.pruneHold() != null);
        if (mayBeThere) {
            waiting.put(choice.id(), "waits for a right document of %s".formatted(id));
        } else if (choice.current()) {
            problems.add(
                    choice.read().at("spec", "app"), "spec.app", Problem.Code.REFERENCE, fault);
        }
        return true;
    }

    private @Nullable String fault(ResourceId id) {
        Choice choice = chosen.get(id);
        if (choice == null || !(choice.document() instanceof App app)) {
            List<String> known =
                    chosen.keySet().stream()
                            .filter(other -> other.kind() == Kind.App)
                            .map(ResourceId::name)
                            .toList();
            return "there is no app %s%s".formatted(id.name(), NearMiss.hint(id.name(), known));
        }
        return app.spec().staticFiles() == null
                ? null
                : "app %s is files and has no image to run: name an image".formatted(id.name());
    }

    /** The rules of a job that its record and its annotations can't say. */
    static void check(Job job, ReadDocument read, Problems problems) {
        if (job.spec().app() != null && job.spec().command() == null) {
            problems.add(
                    read.at("spec", "app"),
                    "spec.command",
                    Problem.Code.VALUE,
                    "a job that runs like an app needs a command of its own: add spec.command");
        }
    }
}
