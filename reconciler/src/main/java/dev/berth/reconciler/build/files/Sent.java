package dev.berth.reconciler.build.files;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.reconciler.source.ConfigTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which files of a commit a builder can get. It is not known yet which directory will be the
 * context: the one that is asked for, or a workspace above it. So each file is judged by the
 * nearest of these that it is in.
 *
 * @param contexts those that have ignore files, by directory, innermost first
 */
record Sent(Map<String, BuildContext> contexts) {
    /** Nobody copies these: they say what Berth does. */
    private static final Set<String> READ_BY_BERTH =
            Set.of(
                    ".nvmrc",
                    ".node-version",
                    ".python-version",
                    ".java-version",
                    ".tool-versions",
                    "runtime.txt",
                    "system.properties",
                    "Procfile");

    /**
     * Reads the ignore files. One that can't be understood leaves nothing out here: who sends the
     * files says what is wrong with it.
     */
    static Sent of(ConfigTree commit, String directory, List<ConfigTree.Entry> entries)
            throws ReconcileException {
        Set<String> ignoring =
                entries.stream()
                        .map(ConfigTree.Entry::path)
                        .filter(path -> FileTree.IGNORE_FILES.contains(FileTree.name(path)))
                        .map(FileTree::parent)
                        .collect(Collectors.toSet());
        Map<String, BuildContext> contexts = new LinkedHashMap<>();
        for (String up = directory; ; up = FileTree.parent(up)) {
            if (ignoring.contains(up)) {
                String at = up;
                List<ConfigTree.Entry> all =
                        entries.stream().filter(entry -> isIn(entry.path(), at)).toList();
                try {
                    contexts.put(up, BuildContext.of(commit, up, null, all));
                } catch (ReconcileException.Stalled _) {
                    // see above
                }
            }
            if (up.equals(".")) {
                return new Sent(contexts);
            }
        }
    }

    /** Whether a file is there for a build, or is none that a build would look for. */
    boolean holds(String path) {
        String name = FileTree.name(path);
        if (READ_BY_BERTH.contains(name)
                || FileTree.IGNORE_FILES.contains(name)
                || name.contains("Dockerfile")) {
            return true;
        }
        for (Map.Entry<String, BuildContext> context : contexts.entrySet()) {
            if (isIn(path, context.getKey())) {
                return !context.getValue().leavesOut(FileTree.relative(context.getKey(), path));
            }
        }
        return true;
    }

    private static boolean isIn(String path, String directory) {
        return directory.equals(".") || path.startsWith(directory + "/");
    }
}
