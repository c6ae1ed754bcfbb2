package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.dockerfile.WrittenDockerfile;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * What is put into a build's context beside the author's files: the Dockerfile that Berth wrote,
 * and an ignore file with which a builder keeps both of them out of images. BuildKit reads no
 * ignore file of a context that comes as a tar; there the Dockerfile is such that it does not leave
 * itself behind.
 *
 * @param files text by path in the context
 */
record AddedFiles(SortedMap<String, String> files) {
    static AddedFiles of(ImageBuild.Dockerfile dockerfile, ImageBuild.Form form) {
        WrittenDockerfile written = new WrittenDockerfile(dockerfile.text());
        SortedMap<String, String> files = new TreeMap<>();
        switch (form) {
            case BUILDKIT -> files.put(dockerfile.path(), written.forBuildKit(dockerfile.path()));
            case ANY -> {
                files.put(dockerfile.path(), written.forAny());
                files.put(
                        ImageBuild.Dockerfile.IGNORED,
                        "%s\n%s\n".formatted(dockerfile.path(), ImageBuild.Dockerfile.IGNORED));
            }
        }
        return new AddedFiles(files);
    }

    /**
     * Writes them as the beginning of a tar that somebody else goes on with.
     *
     * @throws ReconcileException.Transient if {@code out} takes no more
     */
    void writeTo(OutputStream out) throws ReconcileException {
        try {
            TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
            for (var file : files.entrySet()) {
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
