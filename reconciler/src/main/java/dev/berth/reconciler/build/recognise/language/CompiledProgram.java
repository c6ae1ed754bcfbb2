package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Output.Artifact;
import dev.berth.reconciler.build.blueprint.Output.Processes;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Project;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What runs by itself: programs in {@code /app/bin}, and the directories that they usually read.
 */
final class CompiledProgram {
    static final String PROGRAMS = "/app/bin";
    static final int PORT = 8080;

    private static final String CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
    private static final List<String> READ =
            List.of("assets", "locales", "migrations", "public", "static", "templates", "views");

    private CompiledProgram() {}

    /**
     * The image.
     *
     * @param setup libraries that the program is linked with
     * @param home where the project lies in the build
     */
    static Output output(
            Project project, String image, List<Step> setup, String home, Processes processes) {
        List<Artifact> artifacts = new ArrayList<>();
        artifacts.add(new Artifact(CERTIFICATES, CERTIFICATES, false));
        artifacts.add(new Artifact("/out", PROGRAMS, false));
        Stream<String> read = READ.stream().filter(project::hasDirectory);
        read.forEach(
                name ->
                        artifacts.add(
                                new Artifact(FileTree.join(home, name), "/app/" + name, true)));
        TreeMap<String, String> env = new TreeMap<>();
        env.put("PATH", PROGRAMS + ":$PATH");
        return new Output.Service(image, setup, artifacts, "/app", env, processes);
    }
}
