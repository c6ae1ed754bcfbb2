package dev.berth.reconciler.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Build contexts for tests, and builds of them. */
public final class Contexts {
    private Contexts() {}

    /** Only a Dockerfile of these lines. */
    public static ImageBuild.Context dockerfile(String... lines) {
        return files(Map.of("Dockerfile", text(lines)));
    }

    /** A build of only a Dockerfile of these lines. */
    public static ImageBuild build(
            String reference, Map<String, String> labels, Duration deadline, String... lines) {
        return new ImageBuild(
                reference,
                dockerfile(lines),
                new ImageBuild.Dockerfile("Dockerfile", text(lines)),
                new TreeMap<>(),
                labels,
                deadline);
    }

    private static String text(String... lines) {
        return String.join("\n", lines) + "\n";
    }

    /** Files by path. */
    public static ImageBuild.Context files(Map<String, String> files) {
        SortedMap<String, byte[]> bytes = new TreeMap<>();
        files.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
        return out -> write(bytes, 0, out);
    }

    /**
     * Files as a tar.
     *
     * @param cut letters of each path that are left out at its beginning
     */
    static void write(SortedMap<String, byte[]> files, int cut, OutputStream out) {
        try {
            TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey().substring(cut));
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
            tar.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
