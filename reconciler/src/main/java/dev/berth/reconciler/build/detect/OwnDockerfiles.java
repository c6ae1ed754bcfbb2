package dev.berth.reconciler.build.detect;

import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import java.util.List;
import java.util.Optional;

/**
 * Dockerfiles that the author wrote: the one that is named, else that of the directory, else the
 * one in a folder where people put it, with the directory as context all the same.
 */
final class OwnDockerfiles {
    private static final String DOCKERFILE = "Dockerfile";
    private static final String FAMILY = "dockerfile";
    private static final List<String> FOLDERS = List.of("docker", ".docker", "deploy");

    private OwnDockerfiles() {}

    static Optional<Detection> in(Project project) {
        String named = project.hints().dockerfile();
        if (named != null) {
            return Optional.of(
                    project.has(named)
                            ? found(project, named, "build.dockerfile")
                            : failed(new PlanFailure.DockerfileNotFound(project.inRepo(named))));
        }
        if (project.has(DOCKERFILE)) {
            return Optional.of(found(project, DOCKERFILE, DOCKERFILE));
        }
        List<String> inFolders =
                FOLDERS.stream().map(f -> f + "/" + DOCKERFILE).filter(project::has).toList();
        if (inFolders.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                inFolders.size() == 1
                        ? found(project, inFolders.getFirst(), inFolders.getFirst())
                        : failed(
                                new PlanFailure.SeveralPrograms(
                                        project.path(),
                                        "Dockerfiles",
                                        inFolders,
                                        "set build.dockerfile to one of them")));
    }

    private static Detection found(Project project, String dockerfile, String reason) {
        return new Detection.Found(
                List.of(
                        new Candidate(
                                FAMILY,
                                "Dockerfile",
                                Confidence.CERTAIN,
                                reason,
                                new Plan.OwnDockerfile(project.path(), dockerfile))),
                List.of());
    }

    private static Detection failed(PlanFailure failure) {
        return new Detection.Impossible(failure, List.of());
    }
}
