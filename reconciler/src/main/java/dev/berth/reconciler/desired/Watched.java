package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.IgnoreRules;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a repo count for whether an image is the same. They need not be those that a
 * builder gets.
 *
 * @param path of the source, {@code .} for the root of the repo
 * @param globs as lines of a {@code .dockerignore}, from the root of the repo; empty = all that a
 *     builder gets counts
 * @param repoId stands for the content of the whole repo; {@code null} = not known
 */
record Watched(String path, List<String> globs, @Nullable String repoId) {
    /** All that a builder gets. */
    static final Watched ALL = new Watched(".", List.of(), null);

    private static final String ROOT = ".";

    Watched {
        globs = List.copyOf(globs);
    }

    /**
     * Stands for the files that count.
     *
     * @param id of the context's directory
     * @throws ReconcileException if the tree can't be read
     */
    String contentId(BuildContext context, ConfigTree tree, String id) throws ReconcileException {
        if (!globs.isEmpty()) {
            return SpecHash.of(new Sent(counting(context, tree))).text();
        }
        return context.rules().isEmpty() ? id : SpecHash.of(new Sent(context.kept(tree))).text();
    }

    private record Sent(SortedMap<String, String> files) {}

    /** By their paths in the repo. */
    private SortedMap<String, String> counting(BuildContext context, ConfigTree tree)
            throws ReconcileException {
        IgnoreRules named = IgnoreRules.parse(String.join("\n", globs));
        SortedMap<String, String> counting = new TreeMap<>();
        for (Map.Entry<String, String> file : tree.fileIds(ROOT).entrySet()) {
            if (named.leavesOut(file.getKey())) {
                counting.put(file.getKey(), file.getValue());
            }
        }
        for (Map.Entry<String, String> file : context.kept(tree).entrySet()) {
            String inRepo = Paths.inRepo(context.directory(), file.getKey());
            if (isOwn(inRepo)
                    || isAtTheTop(file.getKey())
                    || file.getKey().equals(context.dockerfile())) {
                counting.put(inRepo, file.getValue());
            }
        }
        return counting;
    }

    private boolean isOwn(String file) {
        return !path.equals(ROOT) && Paths.isWithin(file, path);
    }

    /** Lock files and what else speaks for the whole. */
    private static boolean isAtTheTop(String file) {
        return file.indexOf('/') < 0;
    }
}
