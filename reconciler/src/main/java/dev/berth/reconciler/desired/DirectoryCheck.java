package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.detect.Detection;
import dev.berth.reconciler.build.detect.OwnDockerfiles;
import dev.berth.reconciler.build.detect.Plan;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Hints;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.reconciler.source.ConfigTree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a directory can be built by a Dockerfile of its author's, or served. Remembers the
 * answers, which only depend on the directory's content. Thread-safe.
 */
final class DirectoryCheck {
    private final Remembered<Question, Answer> answers = new Remembered<>();

    /** What was found. */
    sealed interface Answer {
        /**
         * It can be built.
         *
         * @param contentId stands for the files that count: those that a builder gets
         * @param dockerfile to build it by, relative to it
         */
        record Buildable(String contentId, String dockerfile) implements Answer {}

        /** It can be served. */
        record Servable() implements Answer {}

        /** It can't be; why, for people. */
        record Wrong(String fault) implements Answer {}

        /** It has no Dockerfile, and none was named. */
        record NoDockerfile() implements Answer {}
    }

    /**
     * Looks whether it can be served.
     *
     * @param id of the directory
     * @param needed a file that must be there, relative to the directory
     * @throws ReconcileException if the tree can't be read
     */
    Answer toServe(ConfigTree tree, String directory, String id, @Nullable String needed)
            throws ReconcileException {
        Question question = new Question(directory, id, Use.SERVE, needed, Watched.ALL);
        Answer known = answers.to(question);
        if (known != null) {
            return known;
        }
        String fault = fault(tree.entries(directory), directory, Use.SERVE, needed);
        return answers.keep(
                question, fault == null ? new Answer.Servable() : new Answer.Wrong(fault));
    }

    /**
     * Looks by which Dockerfile it is built.
     *
     * @param id of the directory
     * @param named the Dockerfile, relative to the directory; {@code null} = the one that is found
     * @throws ReconcileException if the tree can't be read
     */
    Answer toBuild(
            ConfigTree tree, String directory, String id, @Nullable String named, Watched watched)
            throws ReconcileException {
        Question question = new Question(directory, id, Use.BUILD, named, watched);
        Answer known = answers.to(question);
        return known == null ? answers.keep(question, look(tree, question)) : known;
    }

    private static Answer look(ConfigTree tree, Question asked) throws ReconcileException {
        String directory = asked.directory();
        String named = asked.needed();
        List<ConfigTree.Entry> all = tree.entries(directory);
        String dockerfile = named;
        if (dockerfile == null) {
            Optional<Detection> own = OwnDockerfiles.in(names(all), Hints.at(directory));
            if (own.isEmpty()) {
                return new Answer.NoDockerfile();
            }
            switch (own.get()) {
                case Detection.Impossible(var failure, _) -> {
                    return new Answer.Wrong(failure.message());
                }
                case Detection.Found found ->
                        dockerfile =
                                switch (found.best().plan()) {
                                    case Plan.OwnDockerfile(_, String path) -> path;
                                    case Plan.Generated _ ->
                                            throw new IllegalStateException("written, not found");
                                };
            }
        }
        try {
            BuildContext context = BuildContext.of(tree, directory, dockerfile, all);
            String fault = fault(context.sent(), directory, Use.BUILD, dockerfile);
            return fault == null
                    ? new Answer.Buildable(
                            asked.watched().contentId(context, tree, asked.id()), dockerfile)
                    : new Answer.Wrong(fault);
        } catch (ReconcileException.Stalled e) {
            return new Answer.Wrong(e.getMessage());
        }
    }

    /** Links too: one that is named Dockerfile is a mistake, and nothing else is taken for it. */
    private static FileTree names(List<ConfigTree.Entry> all) {
        return FileTree.of(
                all.stream()
                        .filter(entry -> entry.type() != ConfigTree.Type.SUBMODULE)
                        .map(ConfigTree.Entry::path)
                        .toList(),
                Map.of());
    }

    /** What can't be sent to a builder, or served; {@code null} when all can be. */
    static @Nullable String fault(
            List<ConfigTree.Entry> entries, String directory, Use use, @Nullable String needed) {
        for (ConfigTree.Entry entry : entries) {
            if (entry.type() == ConfigTree.Type.SUBMODULE) {
                return "%s is a submodule, which Berth does not fetch: add its files instead%s"
                        .formatted(
                                entry.path(),
                                use == Use.BUILD
                                        ? ", or leave it out in .dockerignore or .berthignore"
                                        : "");
            }
            if (entry.type() == ConfigTree.Type.SYMLINK && use == Use.SERVE) {
                return "%s is a symlink, which the edge does not follow: add the file instead"
                        .formatted(entry.path());
            }
        }
        if (needed == null) {
            return null;
        }
        String path = Paths.inRepo(directory, needed);
        for (ConfigTree.Entry entry : entries) {
            if (entry.path().equals(path)) {
                return entry.type() == ConfigTree.Type.SYMLINK
                        ? "%s is a symlink: add the file instead".formatted(path)
                        : null;
            }
        }
        return "there is no file %s".formatted(path);
    }

    /** What the directory is for. */
    enum Use {
        BUILD,
        SERVE
    }

    /**
     * @param needed as {@link #toServe} and {@link #toBuild} name it
     */
    private record Question(
            String directory, String id, Use use, @Nullable String needed, Watched watched) {}
}
