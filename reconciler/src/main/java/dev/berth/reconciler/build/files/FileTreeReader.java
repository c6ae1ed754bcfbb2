package dev.berth.reconciler.build.files;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes file trees from commits. Thread-safe as far as the commit is. */
public final class FileTreeReader {
    private final Limits limits;

    public FileTreeReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * How much is read of a commit at most.
     *
     * @param fileBytes a larger file counts as there but can't be understood
     * @param files how many; those beyond count as empty of meaning, the directory asked for first
     */
    public record Limits(long fileBytes, int files) {
        /** What no sane project reaches: manifests of 256 KiB, 400 of them. */
        public static final Limits USUAL = new Limits(256 * 1024, 400);
    }

    /**
     * Reads the names of all files, and the text of those that matter for a directory. What ignore
     * files there or above leave out of a build is not there, but for what only Berth reads.
     *
     * @param directory relative to the root of the repo; need not be there
     * @throws ReconcileException.Transient if the commit can't be read
     */
    public FileTree read(ConfigTree commit, String directory) throws ReconcileException {
        List<ConfigTree.Entry> entries = commit.entries(".");
        Sent sent = Sent.of(commit, directory, entries);
        Map<Boolean, List<String>> paths =
                entries.stream()
                        .filter(FileTreeReader::isFile)
                        .map(ConfigTree.Entry::path)
                        .collect(Collectors.partitioningBy(sent::holds));
        FileTree names =
                FileTree.of(paths.getOrDefault(true, List.of()), Map.of())
                        .leavingOut(paths.getOrDefault(false, List.of()));
        Map<String, FileText> texts = new HashMap<>();
        for (String path : Interest.in(names, directory)) {
            if (texts.size() == limits.files()) {
                break;
            }
            texts.put(path, text(commit, path));
        }
        return names.with(texts);
    }

    private FileText text(ConfigTree commit, String path) throws ReconcileException {
        try {
            byte[] bytes = commit.read(path, limits.fileBytes());
            return new FileText.Read(new String(bytes, StandardCharsets.UTF_8));
        } catch (ConfigTree.TooLargeException _) {
            return new FileText.TooLarge(limits.fileBytes());
        }
    }

    private static boolean isFile(ConfigTree.Entry entry) {
        return switch (entry.type()) {
            case FILE, EXECUTABLE -> true;
            case SYMLINK, SUBMODULE -> false;
        };
    }
}
