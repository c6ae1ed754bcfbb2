package dev.berth.proxy.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The hashed assets of earlier releases of a site: a page that was loaded before a deploy goes on
 * asking for them. Releases lie side by side, each in a directory named by its content; one that is
 * removed while we look, or later, is no error.
 */
final class EarlierReleases {
    private static final Pattern RELEASE = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int MOST = 32;

    private EarlierReleases() {}

    /** By path, from the newest release that has it; without this release's own. */
    static Map<String, SiteFile> beside(Path release) {
        Map<String, SiteFile> assets = new HashMap<>();
        for (Path earlier : siblings(release)) {
            try {
                SiteIndexer.assets(earlier).forEach(assets::putIfAbsent);
            } catch (IOException | UncheckedIOException e) {
                // It is being removed.
            }
        }
        return assets;
    }

    private static List<Path> siblings(Path release) {
        Path parent = release.getParent();
        if (parent == null || !isRelease(release)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(path -> !path.equals(release) && isRelease(path))
                    .map(path -> new Dated(path, modified(path)))
                    .sorted(Comparator.comparing(Dated::modified).reversed())
                    .limit(MOST)
                    .map(Dated::path)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static boolean isRelease(Path path) {
        return RELEASE.matcher(String.valueOf(path.getFileName())).matches();
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private record Dated(Path path, FileTime modified) {}
}
