package dev.berth.reconciler.build;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.files.ServerCode;
import dev.berth.reconciler.desired.Workload;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The files of static sites, where the edge reads them: {@code <root>/<app>/<directory id>/}. A
 * directory appears complete, by a rename, and never changes. One that is served no more stays for
 * a week, because pages loaded before the switch go on asking for their scripts and images.
 * Thread-safe for different apps.
 */
public final class SiteStore {
    /** How long a version is kept after it was replaced. */
    static final Duration KEPT = Duration.ofDays(7);

    private static final String UNFINISHED = ".unfinished-";

    /** An empty file whose time stamp says when the version of that name was replaced. */
    private static final String RETIRED = ".retired-";

    private final Path root;
    private final InstantSource clock;

    /** Writes the files of a site as a tar, paths relative to the site. */
    @FunctionalInterface
    interface Content {
        /**
         * Writes it, and leaves {@code out} open.
         *
         * @throws ReconcileException if the files can't be had
         */
        void writeTo(OutputStream out) throws ReconcileException;
    }

    /**
     * Uses a directory.
     *
     * @param root made when missing
     */
    public SiteStore(Path root, InstantSource clock) {
        this.root = root.toAbsolutePath();
        this.clock = clock;
    }

    /** Where the files of a site are once it is published. */
    public Path directory(ResourceId app, Workload.Files site) {
        return root.resolve(app.name()).resolve(site.id());
    }

    /**
     * What is published: by app, directory id to absolute path.
     *
     * @throws ReconcileException.Transient if the directory can't be read
     */
    public Map<ResourceId, Map<String, String>> published() throws ReconcileException {
        Map<ResourceId, Map<String, String>> sites = new HashMap<>();
        for (Path app : directories(root)) {
            Map<String, String> versions = new TreeMap<>();
            for (Path version : directories(app)) {
                String name = version.getFileName().toString();
                if (!name.startsWith(".")) {
                    versions.put(name, version.toString());
                }
            }
            sites.put(ResourceId.app(app.getFileName().toString()), versions);
        }
        return sites;
    }

    /** True when a site's files are there. */
    boolean has(ResourceId app, Workload.Files site) {
        return Files.isDirectory(directory(app, site));
    }

    /**
     * Writes a site's files, unless they are there.
     *
     * @throws ReconcileException.Transient if the disk is full or can't be written; nothing half
     *     written is left in its place
     * @throws ReconcileException.Stalled if code of a server is among them, and nobody said that
     *     the directory is one of files
     * @throws ReconcileException what the content threw
     */
    void publish(ResourceId app, Workload.Files site, Content content) throws ReconcileException {
        if (has(app, site)) {
            return;
        }
        Path target = directory(app, site);
        Path unfinished = target.resolveSibling(UNFINISHED + target.getFileName());
        Path tar = target.resolveSibling(UNFINISHED + target.getFileName() + ".tar");
        try {
            delete(unfinished);
            Files.createDirectories(unfinished);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
                content.writeTo(out);
            }
            if (isRecognised(site)) {
                refuseServerCode(tar);
            }
            unpack(tar, unfinished);
            force(unfinished);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            forceOne(root.resolve(app.name()));
        } catch (IOException e) {
            throw failed("write the files of " + app, e);
        } finally {
            deleteQuietly(unfinished);
            deleteQuietly(tar);
        }
    }

    /**
     * Notes which version of an app's site is served now, and removes those that were replaced a
     * week ago. A resource of another kind has no files, also if an app has its name.
     *
     * @param serving directory id; {@code ""} = none
     * @throws ReconcileException.Transient if the disk can't be written
     */
    public void retireAllBut(ResourceId app, String serving) throws ReconcileException {
        if (app.kind() != Kind.App) {
            return;
        }
        Path directory = root.resolve(app.name());
        try {
            Files.deleteIfExists(directory.resolve(RETIRED + serving));
            for (Path version : children(directory)) {
                String name = version.getFileName().toString();
                if (name.startsWith(UNFINISHED)) {
                    delete(version);
                } else if (!name.startsWith(".") && !name.equals(serving)) {
                    retire(version);
                }
            }
        } catch (IOException e) {
            throw failed("remove old files of " + app, e);
        }
    }

    /**
     * Removes all files of an app. A resource of another kind has none, also if an app has its
     * name.
     *
     * @throws ReconcileException.Transient if the disk can't be written
     */
    public void remove(ResourceId app) throws ReconcileException {
        if (app.kind() != Kind.App) {
            return;
        }
        try {
            delete(root.resolve(app.name()));
        } catch (IOException e) {
            throw failed("remove the files of " + app, e);
        }
    }

    private void retire(Path version) throws IOException {
        Path marker = version.resolveSibling(RETIRED + version.getFileName());
        Instant now = clock.instant();
        if (!Files.exists(marker)) {
            Files.createFile(marker);
            Files.setLastModifiedTime(marker, FileTime.from(now));
        } else if (!Files.getLastModifiedTime(marker).toInstant().isAfter(now.minus(KEPT))) {
            delete(version);
            Files.delete(marker);
        }
    }

    /** What the author calls static is; of other things somebody may have meant a program. */
    private static boolean isRecognised(Workload.Files site) {
        return switch (site.from()) {
            case Workload.Origin.Directory _ -> false;
            case Workload.Origin.Selection _, Workload.Origin.Bundle _ -> true;
        };
    }

    private static void refuseServerCode(Path tar) throws IOException, ReconcileException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar));
                TarArchiveInputStream entries = new TarArchiveInputStream(in)) {
            for (TarArchiveEntry entry = entries.getNextEntry();
                    entry != null;
                    entry = entries.getNextEntry()) {
                if (!entry.isDirectory() && ServerCode.isNamed(entry.getName())) {
                    throw new ReconcileException.Stalled(
                            ReasonCode.BuildFailed,
                            ("the files of the site have %s, whose source everybody could read;"
                                            + " leave it out in .dockerignore, or add a Dockerfile"
                                            + " with a server that runs it")
                                    .formatted(entry.getName()));
                }
            }
        }
    }

    private static void unpack(Path tar, Path into) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar));
                TarArchiveInputStream entries = new TarArchiveInputStream(in)) {
            for (TarArchiveEntry entry = entries.getNextEntry();
                    entry != null;
                    entry = entries.getNextEntry()) {
                Path file = into.resolve(entry.getName()).normalize();
                if (!file.startsWith(into)) {
                    throw new IOException("path leaves the site: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else if (entry.isSymbolicLink()) {
                    makeParent(file, into);
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    makeParent(file, into);
                    Path other = into.resolve(entry.getLinkName()).normalize();
                    if (!other.startsWith(into)) {
                        throw new IOException("link leaves the site: " + entry.getName());
                    }
                    Files.copy(other, file);
                } else if (entry.isFile()) {
                    makeParent(file, into);
                    Files.copy(entries, file);
                }
            }
        }
    }

    /** A link may stand in the place of a directory. */
    private static void makeParent(Path file, Path into) throws IOException {
        Path parent = file.resolveSibling("");
        Files.createDirectories(parent);
        if (!parent.toRealPath().startsWith(into.toRealPath())) {
            throw new IOException("path leaves the site: " + file);
        }
    }

    /** The rename must not reach the disk before the content does. */
    private static void force(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                if (!Files.isSymbolicLink(each)) {
                    forceOne(each);
                }
            }
        }
    }

    private static void forceOne(Path path) throws IOException {
        try (FileChannel open = FileChannel.open(path, StandardOpenOption.READ)) {
            open.force(true);
        }
    }

    /** A file that somebody left here is none of ours. */
    private static List<Path> directories(Path directory) throws ReconcileException {
        return children(directory).stream().filter(Files::isDirectory).toList();
    }

    private static List<Path> children(Path directory) throws ReconcileException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw failed("read " + directory, e);
        }
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            delete(path);
        } catch (IOException e) {
            // removed when the app's next version is published: its name is not a version's
        }
    }

    private static ReconcileException failed(String what, IOException e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return new ReconcileException.Transient(
                full ? ReasonCode.DiskFull : ReasonCode.InternalError,
                full
                        ? "can't %s: the disk of the state directory is full; free some space"
                                .formatted(what)
                        : "can't %s: %s".formatted(what, e),
                e);
    }
}
