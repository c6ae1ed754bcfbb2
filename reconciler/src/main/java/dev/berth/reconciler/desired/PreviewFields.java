package dev.berth.reconciler.desired;

import dev.berth.reconciler.glob.PathPattern;
import dev.berth.schemas.config.App;
import java.util.List;

/** The rules of {@code spec.previews} that its records and their annotations can't say. Pure. */
final class PreviewFields {
    private PreviewFields() {}

    static void check(App app, ReadDocument read, Problems problems) {
        App.Previews previews = app.spec().previews();
        if (previews == null) {
            return;
        }
        SecretReferences.check(
                previews.secrets(), List.of("spec", "previews", "secrets"), read, problems);
        if (previews.forks() == App.Forks.LABELED
                && previews.labels().stream().allMatch(label -> label.startsWith("!"))) {
            problems.add(
                    read.at("spec", "previews", "forks"),
                    "spec.previews.forks",
                    Problem.Code.VALUE,
                    "no label lets a fork in: name one in labels, such as preview");
        }
        for (int i = 0; i < previews.branches().size(); i++) {
            try {
                PathPattern.of(previews.branches().get(i));
            } catch (IllegalArgumentException e) {
                problems.add(
                        read.at("spec", "previews", "branches", i),
                        "spec.previews.branches[%d]".formatted(i),
                        Problem.Code.VALUE,
                        "%s is no pattern for branches: %s"
                                .formatted(
                                        Words.quote(previews.branches().get(i)), e.getMessage()));
            }
        }
    }
}
