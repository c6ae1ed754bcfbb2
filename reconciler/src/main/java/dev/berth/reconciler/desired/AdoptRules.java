package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.App;
import java.util.List;
import java.util.regex.Pattern;

/** The annotations that mean something to Berth. Pure. */
final class AdoptRules {
    /** Names a container that an app takes over from. */
    static final String ADOPT = "berth/adopt";

    private static final String OURS = "berth/";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}");

    private AdoptRules() {}

    static void check(App app, ReadDocument read, Problems problems) {
        app.metadata()
                .annotations()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(OURS)) {
                                check(app, key, value, read, problems);
                            }
                        });
    }

    private static void check(
            App app, String key, String value, ReadDocument read, Problems problems) {
        Node node = read.find("metadata", "annotations", key);
        String fault = null;
        if (!key.equals(ADOPT)) {
            fault = "no such annotation%s".formatted(NearMiss.hint(key, List.of(ADOPT)));
        } else if (app.spec().staticFiles() != null) {
            fault = "a directory of files can't take over from a container";
        } else if (!NAME.matcher(value).matches()) {
            fault =
                    "expected the name of a container as docker ps shows it, got %s"
                            .formatted(node == null ? "another" : Words.describe(node));
        }
        if (fault != null) {
            problems.add(
                    read.at("metadata", "annotations", key),
                    Binder.join("metadata.annotations", key),
                    Problem.Code.VALUE,
                    fault);
        }
    }
}
