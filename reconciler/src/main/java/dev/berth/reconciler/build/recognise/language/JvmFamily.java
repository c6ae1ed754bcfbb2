package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import java.util.List;
import java.util.Optional;

/** Java and Kotlin, built by Maven or Gradle. */
public final class JvmFamily implements Family {
    private static final String MAVEN = "Maven";
    private static final String GRADLE = "Gradle";

    @Override
    public String name() {
        return "jvm";
    }

    @Override
    public Optional<Sighting> look(Project project) {
        boolean maven = project.has(MavenBuild.FILE);
        String gradle = project.first("build.gradle.kts", "build.gradle");
        if (gradle == null && !maven) {
            gradle = project.first("settings.gradle.kts", "settings.gradle");
        }
        if (!maven && gradle == null) {
            return Optional.empty();
        }
        String file = maven ? MavenBuild.FILE : String.valueOf(gradle);
        JvmServer server =
                JvmServer.of(
                        maven ? project.textOrEmpty(file) : GradleBuild.applied(project, file));
        String reason = server == JvmServer.PLAIN ? file : server.marker() + " in " + file;
        boolean both = maven && gradle != null;
        return Optional.of(
                new Sighting(
                        server.title(),
                        Confidence.HIGH,
                        reason,
                        false,
                        () -> plan(project, file, maven, both)));
    }

    private static Blueprint plan(Project project, String file, boolean maven, boolean both)
            throws Unplannable {
        if (both) {
            throw new Unplannable(
                    new PlanFailure.EqualCandidates(project.path(), List.of(MAVEN, GRADLE)));
        }
        return maven ? MavenBuild.plan(project) : GradleBuild.plan(project, file);
    }
}
