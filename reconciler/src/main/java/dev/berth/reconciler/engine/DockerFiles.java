package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.schemas.status.ReasonCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** Files of containers of a Docker engine, by its archive calls. */
final class DockerFiles {
    private final EngineConnection engine;

    DockerFiles(EngineConnection engine) {
        this.engine = engine;
    }

    void read(ContainerId id, String directory, Duration deadline, OutputStream out)
            throws ReconcileException {
        Ask ask =
                new Ask(
                        "read %s of container %s".formatted(directory, id.shortId()),
                        deadline,
                        ReasonCode.BuildFailed,
                        Ask.Late.TRY_AGAIN);
        Sink sink = new Sink(out);
        try (EngineStream<Object> connections = engine.stream(_ -> {})) {
            engine.calls()
                    .act(
                            ask,
                            () -> {
                                try (InputStream tar =
                                        connections
                                                .client()
                                                .copyArchiveFromContainerCmd(id.text(), directory)
                                                .exec()) {
                                    rewrite(tar, sink);
                                }
                            },
                            refusal -> {
                                throw refusal.says("no such container")
                                        ? refusal.again()
                                        : refusal.stalled(ReasonCode.BuildFailed);
                            });
        } catch (ReconcileException.Transient e) {
            IOException full = sink.failure;
            throw full == null
                    ? e
                    : new ReconcileException.Transient(
                            Refusal.saysDiskFull(String.valueOf(full.getMessage()))
                                    ? ReasonCode.DiskFull
                                    : ReasonCode.BuildFailed,
                            "can't write what was read of container %s: %s"
                                    .formatted(id.shortId(), full.getMessage()),
                            full);
        }
    }

    /** Tells a failure of the receiver from one of the engine. */
    private static final class Sink extends OutputStream {
        private final OutputStream out;
        private volatile @Nullable IOException failure;

        Sink(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }

    /** The engine's paths begin with the name of the directory. */
    private static void rewrite(InputStream in, OutputStream out) throws IOException {
        try (TarArchiveInputStream from =
                new TarArchiveInputStream(new BufferedInputStream(in), "UTF-8")) {
            TarArchiveOutputStream to = new TarArchiveOutputStream(out, "UTF-8");
            to.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            to.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            to.setAddPaxHeadersForNonAsciiNames(true);
            for (TarArchiveEntry entry = from.getNextEntry();
                    entry != null;
                    entry = from.getNextEntry()) {
                String name = entry.getName();
                int slash = name.indexOf('/');
                String below = slash < 0 ? "" : name.substring(slash + 1);
                if (below.isEmpty()) {
                    continue; // the directory itself
                }
                entry.setName(below);
                if (entry.isLink()) {
                    String target = entry.getLinkName();
                    entry.setLinkName(target.substring(target.indexOf('/') + 1));
                }
                to.putArchiveEntry(entry);
                from.transferTo(to);
                to.closeArchiveEntry();
            }
            to.finish();
            to.flush();
        }
    }
}
