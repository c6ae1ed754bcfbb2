package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.reconciler.source.ConfigTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a directory can be built or served. Remembers the answers, which only depend on the
 * directory's content. Thread-safe.
 */
final class DirectoryCheck {
    private static final int REMEMBERED = 4096;

    private final Map<Question, Answer> answers =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Question, Answer> eldest) {
                    return size() > REMEMBERED;
                }
            };

    /**
     * What was found.
     *
     * @param fault what is wrong with it for people; {@code null} when nothing is
     * @param contentId stands for the files that count: those that a builder gets
     */
    record Answer(@Nullable String fault, String contentId) {}

    /**
     * Looks.
     *
     * @param id of the directory
     * @param needed a file that must be there, relative to the directory
     * @throws ReconcileException if the tree can't be read
     */
    Answer ask(ConfigTree tree, String directory, String id, Use use, @Nullable String needed)
            throws ReconcileException {
        Question question = new Question(id, use, needed);
        Answer known;
        synchronized (answers) {
            known = answers.get(question);
        }
        if (known == null) {
            known = look(tree, directory, id, use, needed);
            synchronized (answers) {
                answers.put(question, known);
            }
        }
        return known;
    }

    private static Answer look(
            ConfigTree tree, String directory, String id, Use use, @Nullable String needed)
            throws ReconcileException {
        if (use == Use.SERVE || needed == null) {
            return new Answer(fault(tree.entries(directory), directory, use, needed), id);
        }
        try {
            BuildContext context = BuildContext.of(tree, directory, needed);
            return new Answer(
                    fault(context.sent(), directory, use, needed),
                    context.rules().isEmpty()
                            ? id
                            : SpecHash.of(new Sent(context.kept(tree))).text());
        } catch (ReconcileException.Stalled e) {
            return new Answer(e.getMessage(), id);
        }
    }

    private record Sent(SortedMap<String, String> files) {}

    private static @Nullable String fault(
            List<ConfigTree.Entry> entries, String directory, Use use, @Nullable String needed) {
        for (ConfigTree.Entry entry : entries) {
            if (entry.type() == ConfigTree.Type.SUBMODULE) {
                return "%s is a submodule, which Berth does not fetch: add its files instead"
                        .formatted(entry.path());
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

    private record Question(String id, Use use, @Nullable String needed) {}
}
