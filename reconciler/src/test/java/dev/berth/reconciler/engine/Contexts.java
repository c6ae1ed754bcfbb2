package dev.berth.reconciler.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Build contexts for tests. */
public final class Contexts {
    private Contexts() {}

    /** Only a Dockerfile of these lines. */
    public static ImageBuild.Context dockerfile(String... lines) {
        return files(Map.of("Dockerfile", String.join("\n", lines) + "\n"));
    }

    /** Files by path. */
    public static ImageBuild.Context files(Map<String, String> files) {
        return out -> {
            try {
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
                for (Map.Entry<String, String> file : files.entrySet()) {
                    byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                    TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                    entry.setSize(content.length);
                    tar.putArchiveEntry(entry);
                    tar.write(content);
                    tar.closeArchiveEntry();
                }
                tar.finish();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
