package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import org.jspecify.annotations.Nullable;

/** The Java that is named outside of the build's own file. */
final class JavaVersion {
    private JavaVersion() {}

    static @Nullable Accepted ofFiles(Project project) {
        return Versions.first(
                Versions.matching(
                        project,
                        "system.properties",
                        "(?m)^java\\.runtime\\.version\\s*=\\s*(?:1\\.)?(\\d+)",
                        Dialect.NPM),
                Versions.matching(
                        project, ".java-version", "(?m)^\\D{0,20}?(?:1\\.)?(\\d+)", Dialect.NPM),
                Versions.matching(
                        project, ".tool-versions", "(?m)^java\\s+(?:[a-z-]+)?(\\d+)", Dialect.NPM));
    }
}
