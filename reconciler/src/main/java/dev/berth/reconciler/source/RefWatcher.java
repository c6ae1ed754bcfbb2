package dev.berth.reconciler.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sees a push to a repo on this machine within {@link #EVERY}: compares the stamps of the files
 * that say where the branch stands. Calls too often rather than not at all.
 *
 * <p>Stamps and not file system events: Git removes and makes anew the very directories that would
 * be watched, and network and container file systems send none.
 */
public final class RefWatcher implements AutoCloseable {
    /** The default time between two looks. */
    public static final Duration EVERY = Duration.ofMillis(200);

    private static final System.Logger LOG = System.getLogger(RefWatcher.class.getName());
    private static final Pattern SYMBOLIC = Pattern.compile("ref: (refs/heads/\\S+)\\s*");

    private final Path repo;
    private final @Nullable String branch;
    private final Runnable onChange;
    private final Thread thread;
    private List<Stamp> seen;

    private RefWatcher(Path repo, @Nullable String branch, Duration every, Runnable onChange) {
        this.repo = repo;
        this.branch = branch;
        this.onChange = onChange;
        this.seen = stamps();
        this.thread = Thread.ofVirtual().name("watch " + repo).unstarted(() -> watch(every));
    }

    /**
     * Begins to watch; what changes after this call is seen.
     *
     * @param repo a bare repo or a work tree; may be missing, which is one more state to change
     * @param branch short name, or the full name of a tag; {@code null} = the one HEAD is on
     * @param onChange called on the watcher's own thread
     */
    public static RefWatcher start(
            Path repo, @Nullable String branch, Duration every, Runnable onChange) {
        RefWatcher watcher = new RefWatcher(repo, branch, every, onChange);
        watcher.thread.start();
        return watcher;
    }

    private void watch(Duration every) {
        try {
            while (true) {
                Thread.sleep(every);
                List<Stamp> now = stamps();
                if (!now.equals(seen)) {
                    seen = now;
                    call();
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void call() {
        try {
            onChange.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a push to " + repo + " was not told on", e);
        }
    }

    private List<Stamp> stamps() {
        Path directory = gitDirectory();
        String ref = branch == null ? headRef(directory) : new RefName(branch).full();
        return Stream.of("HEAD", "packed-refs", "reftable/tables.list", ref)
                .map(name -> Stamp.of(directory.resolve(name)))
                .toList();
    }

    private Path gitDirectory() {
        Path inWorkTree = repo.resolve(".git");
        return Files.isDirectory(inWorkTree) ? inWorkTree : repo;
    }

    private static String headRef(Path directory) {
        try {
            Matcher head = SYMBOLIC.matcher(Files.readString(directory.resolve("HEAD")));
            return head.matches() ? head.group(1) : "HEAD";
        } catch (IOException e) {
            return "HEAD";
        }
    }

    /** Stops; a call that is under way may still end. */
    @Override
    public void close() {
        thread.interrupt();
    }

    /** What changes with every write of a file; Git replaces refs as whole files. */
    private record Stamp(@Nullable FileTime modified, long size, @Nullable Object key) {
        private static final Stamp ABSENT = new Stamp(null, -1, null);

        static Stamp of(Path file) {
            // Most of these files are usually missing, and exceptions cost more than all the rest.
            if (!Files.exists(file)) {
                return ABSENT;
            }
            try {
                BasicFileAttributes it = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(it.lastModifiedTime(), it.size(), it.fileKey());
            } catch (IOException e) {
                return ABSENT;
            }
        }
    }
}
