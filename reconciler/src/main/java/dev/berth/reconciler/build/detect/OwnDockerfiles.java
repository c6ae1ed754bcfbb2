package dev.berth.reconciler.build.detect;

import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Hints;
import dev.berth.reconciler.build.recognise.PlanFailure;
import java.util.List;
import java.util.Optional;

/**
 * Dockerfiles that the author wrote: the one that is named, else that of the directory, else the
 * one in a folder where people put it, with the directory as context all the same. Pure.
 */
public final class OwnDockerfiles {
    private static final String DOCKERFILE = "Dockerfile";
    private static final String FAMILY = "dockerfile";
    private static final List<String> FOLDERS = List.of("docker", ".docker", "deploy");

    private OwnDockerfiles() {}

    /** What there is; empty when the code itself has to be looked at. */
    public static Optional<Detection> in(FileTree tree, Hints hints) {
        String path = hints.path();
        String named = hints.dockerfile();
        if (named != null) {
            String where = FileTree.join(path, named);
            return Optional.of(
                    tree.has(where)
                            ? found(path, named, "build.dockerfile")
                            : failed(new PlanFailure.DockerfileNotFound(where)));
        }
        if (tree.has(FileTree.join(path, DOCKERFILE))) {
            return Optional.of(found(path, DOCKERFILE, DOCKERFILE));
        }
        List<String> inFolders =
                FOLDERS.stream()
                        .map(folder -> folder + "/" + DOCKERFILE)
                        .filter(name -> tree.has(FileTree.join(path, name)))
                        .toList();
        if (inFolders.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                inFolders.size() == 1
                        ? found(path, inFolders.getFirst(), inFolders.getFirst())
                        : failed(
                                new PlanFailure.SeveralPrograms(
                                        path,
                                        "Dockerfiles",
                                        inFolders,
                                        "set build.dockerfile to one of them")));
    }

    private static Detection found(String path, String dockerfile, String reason) {
        return new Detection.Found(
                List.of(
                        new Candidate(
                                FAMILY,
                                "Dockerfile",
                                Confidence.CERTAIN,
                                reason,
                                new Plan.OwnDockerfile(path, dockerfile))),
                List.of());
    }

    private static Detection failed(PlanFailure failure) {
        return new Detection.Impossible(failure, List.of());
    }
}
