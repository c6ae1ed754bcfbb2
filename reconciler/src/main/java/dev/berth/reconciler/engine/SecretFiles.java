package dev.berth.reconciler.engine;

import dev.berth.reconciler.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Files as the tar archive that an engine unpacks at {@code /}: directories 0755, files 0444, all
 * of root, so that whoever an app runs as may read and not change them.
 */
final class SecretFiles {
    private static final int DIRECTORY_MODE = 040755;
    private static final int FILE_MODE = 0100444;

    private SecretFiles() {}

    /**
     * @param files by absolute path, each at least one directory below the root
     */
    static byte[] tar(SortedMap<String, Secret> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (String directory : directories(files)) {
                TarArchiveEntry entry = new TarArchiveEntry(directory + "/");
                entry.setMode(DIRECTORY_MODE);
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
            for (Map.Entry<String, Secret> file : files.entrySet()) {
                byte[] content = file.getValue().bytes();
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey().substring(1));
                entry.setMode(FILE_MODE);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Those above the files, but none directly below the root: an image may want that otherwise.
     */
    private static SortedSet<String> directories(SortedMap<String, Secret> files) {
        SortedSet<String> directories = new TreeSet<>();
        for (String path : files.keySet()) {
            int first = path.indexOf('/', 1);
            for (int at = path.indexOf('/', first + 1); at > 0; at = path.indexOf('/', at + 1)) {
                directories.add(path.substring(1, at));
            }
        }
        return directories;
    }
}
