package dev.berth.reconciler.build;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * What Berth puts into a build's context beside the author's files: the Dockerfile that it wrote,
 * and an ignore file with which the classic builder keeps both of them out of the image. BuildKit
 * reads none of a context that comes as a tar, and copies them with the rest. What the author's
 * ignore file leaves out is not sent in the first place.
 *
 * @param files text by path in the context
 */
record AddedFiles(Map<String, String> files) {
    AddedFiles {
        files = Map.copyOf(files);
    }

    static AddedFiles with(String name, String dockerfile) {
        return new AddedFiles(
                Map.of(
                        name,
                        dockerfile,
                        BuildContext.IGNORED,
                        "%s\n%s\n".formatted(name, BuildContext.IGNORED)));
    }

    boolean has(String path) {
        return files.containsKey(path);
    }

    /**
     * Writes them as the beginning of a tar that somebody else goes on with.
     *
     * @throws ReconcileException.Transient if {@code out} takes no more
     */
    void writeTo(OutputStream out) throws ReconcileException {
        try {
            TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] text = file.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(text.length);
                entry.setModTime(0L);
                tar.putArchiveEntry(entry);
                tar.write(text);
                tar.closeArchiveEntry();
            }
            tar.flush();
        } catch (IOException e) {
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable, "writing a build's context failed: " + e, e);
        }
    }
}
