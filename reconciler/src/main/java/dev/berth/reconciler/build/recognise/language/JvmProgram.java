package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Output.Artifact;
import dev.berth.reconciler.build.blueprint.Step.Cache;
import dev.berth.reconciler.build.blueprint.Step.Copy;
import dev.berth.reconciler.build.blueprint.Step.Run;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.schemas.config.Command;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The image of what Maven or Gradle made: whatever was put into {@code /out}. */
final class JvmProgram {
    static final String APP = "/app";
    static final String JAR = "app.jar";

    private static final int PORT = 8080;

    private JvmProgram() {}

    /** One command over all the files: what it needs is in the build files of several modules. */
    static BuildStage stage(String image, String line, List<Cache> caches) {
        return new BuildStage(
                image,
                APP,
                List.of(),
                List.of(new Copy(List.of("."), "./"), new Run(line, caches)));
    }

    static Output output(Project project, String image, @Nullable Command start, String looked)
            throws Unplannable {
        return new Output.Service(
                image,
                List.of(),
                List.of(new Artifact("/out", APP, true)),
                APP,
                // else the heap is a quarter of the memory that the container is given
                new TreeMap<>(Map.of("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=75")),
                project.processes(PORT, start, project.noStart(looked, "java -jar app.jar")));
    }

    /** Takes the one jar that is the program, and none of its by-products. */
    static String takeJar(String directory, String pattern) {
        return ("mkdir -p /out && cp \"$(ls %s/%s | grep -Ev -- '-(sources|javadoc|plain|tests)[.]jar$"
                        + "|/original-' | head -n 1)\" /out/%s")
                .formatted(directory, pattern, JAR);
    }
}
