package dev.berth.proxy.files;

import dev.berth.proxy.encode.Coding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * Makes the index of a published directory by walking it once. Symbolic links count only if they
 * end inside the directory; names that begin with a dot are left out, but for {@code .well-known}
 * (RFC 8615). Reads every small file, so never call it on an event loop.
 */
public final class SiteIndexer {
    /** Above this size an entity tag comes from path, size and time instead of the content. */
    private static final long MAX_HASHED = 4 << 20;

    private final Path root;
    private final boolean onlyAssets;
    private final Map<String, SiteFile> files = new HashMap<>();
    private final Set<String> directories = new HashSet<>();

    private SiteIndexer(Path root, boolean onlyAssets) {
        this.root = root;
        this.onlyAssets = onlyAssets;
    }

    /**
     * The index.
     *
     * @throws IOException if the directory does not exist or cannot be read
     */
    public static Site index(Path directory) throws IOException {
        SiteIndexer indexer = new SiteIndexer(directory.toRealPath(), false);
        indexer.walk();
        indexer.linkEncoded();
        return new Site(indexer.files, indexer.directories, EarlierReleases.beside(indexer.root));
    }

    /** The files of a directory with a content hash in their name, by their path in the site. */
    static Map<String, SiteFile> assets(Path directory) throws IOException {
        SiteIndexer indexer = new SiteIndexer(directory.toRealPath(), true);
        indexer.walk();
        indexer.linkEncoded();
        return indexer.files;
    }

    /** What a build tool encoded lies beside the plain file: {@code app.js.br}. */
    private void linkEncoded() {
        files.replaceAll(
                (path, file) -> {
                    Map<Coding, SiteFile> encoded = new EnumMap<>(Coding.class);
                    for (Coding coding : Coding.values()) {
                        SiteFile other = files.get(path + coding.suffix());
                        if (other != null) {
                            encoded.put(coding, file.encodedIn(other));
                        }
                    }
                    return encoded.isEmpty() ? file : file.withEncoded(encoded);
                });
    }

    private void walk() throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        if (!directory.equals(root) && isHidden(directory)) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        directories.add(sitePath(directory));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (!isHidden(file)) {
                            add(file, attributes);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private void add(Path file, BasicFileAttributes attributes) throws IOException {
        Path target = file;
        BasicFileAttributes found = attributes;
        if (attributes.isSymbolicLink()) {
            if (!Files.exists(file)) {
                return;
            }
            target = file.toRealPath();
            found = Files.readAttributes(target, BasicFileAttributes.class);
            if (!target.startsWith(root) || passesHidden(target)) {
                return;
            }
        }
        String name = file.getFileName().toString();
        boolean wanted =
                !onlyAssets || Caching.of(name, MediaTypes.of(name)).equals(Caching.IMMUTABLE);
        if (found.isRegularFile() && wanted) {
            files.put(sitePath(file), describe(name, target, found));
        }
    }

    private SiteFile describe(String name, Path target, BasicFileAttributes attributes)
            throws IOException {
        Instant modified = attributes.lastModifiedTime().toInstant();
        String type = MediaTypes.of(name);
        return new SiteFile(
                target,
                attributes.size(),
                '"' + digest(target, attributes.size(), modified) + '"',
                modified.truncatedTo(ChronoUnit.SECONDS),
                type,
                Caching.of(name, type));
    }

    /** Content where it is cheap: trees exported from Git often share one time stamp. */
    private static String digest(Path file, long size, Instant modified) throws IOException {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        if (size <= MAX_HASHED) {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] buffer = new byte[64 * 1024];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    sha.update(buffer, 0, read);
                }
            }
        } else {
            String identity = file + "\n" + size + "\n" + modified;
            sha.update(identity.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(sha.digest(), 0, 12);
    }

    private String sitePath(Path path) {
        return path.equals(root) ? "" : "/" + root.relativize(path).toString();
    }

    private boolean passesHidden(Path target) {
        for (Path name : root.relativize(target)) {
            if (isHidden(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHidden(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(".") && !name.equals(".well-known");
    }
}
