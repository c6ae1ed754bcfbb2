package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What of a directory is sent to a builder: all but what its {@code .dockerignore} leaves out, or
 * that of its Dockerfile ({@code web.Dockerfile.dockerignore}), and then its {@code .berthignore},
 * which is for Berth alone and has the last word. The Dockerfile and the {@code .dockerignore} are
 * sent in any case, as the engine reads them. Immutable.
 *
 * @param directory in the repo
 * @param dockerfile relative to the directory
 */
public record BuildContext(String directory, String dockerfile, IgnoreRules rules) {
    private static final String IGNORED = ".dockerignore";
    private static final String IGNORED_BY_BERTH = ".berthignore";
    private static final long LARGEST = 1 << 20;

    /**
     * Reads what a directory says of it.
     *
     * @throws ReconcileException.Stalled if it says what can't be understood: where, and what
     * @throws ReconcileException.Transient if the tree can't be read
     */
    public static BuildContext of(ConfigTree tree, String directory, String dockerfile)
            throws ReconcileException {
        Set<String> files =
                tree.entries(directory).stream()
                        .filter(entry -> entry.type() != ConfigTree.Type.SYMLINK)
                        .map(ConfigTree.Entry::path)
                        .collect(Collectors.toUnmodifiableSet());
        IgnoreRules rules = IgnoreRules.parse("");
        for (List<String> names :
                List.of(List.of(dockerfile + IGNORED, IGNORED), List.of(IGNORED_BY_BERTH))) {
            for (String name : names) {
                String path = directory.equals(".") ? name : directory + "/" + name;
                if (files.contains(path)) {
                    rules = rules.then(read(tree, path));
                    break;
                }
            }
        }
        return new BuildContext(directory, dockerfile, rules);
    }

    private static IgnoreRules read(ConfigTree tree, String path) throws ReconcileException {
        try {
            return IgnoreRules.parse(new String(tree.read(path, LARGEST), StandardCharsets.UTF_8));
        } catch (ConfigTree.TooLargeException e) {
            throw stalled("%s has more than %d bytes".formatted(path, LARGEST), e);
        } catch (IllegalArgumentException e) {
            throw stalled("%s, %s".formatted(path, e.getMessage()), e);
        }
    }

    private static ReconcileException.Stalled stalled(String message, Exception cause) {
        return new ReconcileException.Stalled(ReasonCode.SourceUnavailable, message, cause);
    }

    /**
     * Whether it is sent.
     *
     * @param path relative to the directory
     */
    public boolean keeps(String path) {
        return path.equals(dockerfile) || path.equals(IGNORED) || !rules.leavesOut(path);
    }

    /** The files that are sent, as in {@link ConfigTree#fileIds}. */
    public SortedMap<String, String> kept(ConfigTree tree) throws ReconcileException {
        SortedMap<String, String> kept = new TreeMap<>(tree.fileIds(directory));
        kept.keySet().removeIf(path -> !keeps(path));
        return kept;
    }
}
