package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of a directory is sent to a builder: all but what its {@code .dockerignore} leaves out, or
 * that of its Dockerfile ({@code web.Dockerfile.dockerignore}), and then its {@code .berthignore},
 * which is for Berth alone and has the last word. The Dockerfile and the {@code .dockerignore} are
 * sent in any case, as the engine reads them. Immutable.
 *
 * @param directory in the repo
 * @param dockerfile relative to the directory; {@code null} = it has none of its own
 * @param all what the directory holds, as in {@link ConfigTree#entries}
 */
public record BuildContext(
        String directory,
        @Nullable String dockerfile,
        IgnoreRules rules,
        List<ConfigTree.Entry> all) {
    /** What an engine reads of a context to know what does not belong to it. */
    public static final String IGNORED = ".dockerignore";

    private static final String WRITTEN = ".berth.Dockerfile";
    private static final String IGNORED_BY_BERTH = ".berthignore";
    private static final long LARGEST = 1 << 20;
    private static final Set<ConfigTree.Type> DOCKERFILES =
            Set.of(ConfigTree.Type.FILE, ConfigTree.Type.EXECUTABLE);

    public BuildContext {
        all = List.copyOf(all);
    }

    /**
     * Lists a directory, once, and reads what it says of what is sent.
     *
     * @throws ReconcileException.Stalled if it says what can't be understood: where, and what
     * @throws ReconcileException.Transient if the tree can't be read
     */
    public static BuildContext of(ConfigTree tree, String directory, @Nullable String dockerfile)
            throws ReconcileException {
        return of(tree, directory, dockerfile, tree.entries(directory));
    }

    /**
     * The same of a directory that is listed.
     *
     * @param all what it holds
     */
    public static BuildContext of(
            ConfigTree tree,
            String directory,
            @Nullable String dockerfile,
            List<ConfigTree.Entry> all)
            throws ReconcileException {
        Set<String> files =
                all.stream()
                        .filter(entry -> entry.type() != ConfigTree.Type.SYMLINK)
                        .map(entry -> within(directory, entry))
                        .collect(Collectors.toUnmodifiableSet());
        IgnoreRules rules = IgnoreRules.parse("");
        List<String> byEngine =
                dockerfile == null ? List.of(IGNORED) : List.of(dockerfile + IGNORED, IGNORED);
        for (List<String> names : List.of(byEngine, List.of(IGNORED_BY_BERTH))) {
            for (String name : names) {
                if (files.contains(name)) {
                    rules = rules.then(rules(tree, inRepo(directory, name)));
                    break;
                }
            }
        }
        return new BuildContext(directory, dockerfile, rules, all);
    }

    private static String within(String directory, ConfigTree.Entry entry) {
        return directory.equals(".")
                ? entry.path()
                : entry.path().substring(directory.length() + 1);
    }

    private static String inRepo(String directory, String name) {
        return directory.equals(".") ? name : directory + "/" + name;
    }

    private static IgnoreRules rules(ConfigTree tree, String path) throws ReconcileException {
        try {
            return IgnoreRules.parse(read(tree, path));
        } catch (IllegalArgumentException e) {
            throw stalled("%s, %s".formatted(path, e.getMessage()), e);
        }
    }

    private static String read(ConfigTree tree, String path) throws ReconcileException {
        try {
            return new String(tree.read(path, LARGEST), StandardCharsets.UTF_8);
        } catch (ConfigTree.TooLargeException e) {
            throw stalled("%s has more than %d bytes".formatted(path, LARGEST), e);
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

    /**
     * Whether an ignore file leaves it out.
     *
     * @param path relative to the directory
     */
    public boolean leavesOut(String path) {
        return rules.leavesOut(path);
    }

    /** A name for a Dockerfile that Berth adds: no file there has it. */
    public String freeName() {
        Set<String> taken =
                all.stream()
                        .map(entry -> within(directory, entry))
                        .collect(Collectors.toUnmodifiableSet());
        String name = WRITTEN;
        for (int i = 2; taken.contains(name); i++) {
            name = WRITTEN + i;
        }
        return name;
    }

    /**
     * What the Dockerfile says; empty when there is none, or only a link to one.
     *
     * @throws ReconcileException.Stalled if it is too large
     * @throws ReconcileException.Transient if the tree can't be read
     */
    public String dockerfileText(ConfigTree tree) throws ReconcileException {
        if (dockerfile == null) {
            return "";
        }
        String path = inRepo(directory, dockerfile);
        boolean isFile =
                all.stream()
                        .filter(entry -> entry.path().equals(path))
                        .map(ConfigTree.Entry::type)
                        .anyMatch(DOCKERFILES::contains);
        return isFile ? read(tree, path) : "";
    }

    /** What is sent. */
    public List<ConfigTree.Entry> sent() {
        return all.stream().filter(entry -> keeps(within(directory, entry))).toList();
    }

    /** The files that are sent, and what tells their content, as in {@link ConfigTree#fileIds}. */
    public SortedMap<String, String> kept(ConfigTree tree) throws ReconcileException {
        SortedMap<String, String> kept = new TreeMap<>(tree.fileIds(directory));
        kept.keySet().removeIf(path -> !keeps(path));
        return kept;
    }
}
