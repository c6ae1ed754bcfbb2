package dev.berth.proxy.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says which process it is that serves: of several, the one that others have left it to. */
public final class PidFile {
    private static final Logger LOG = LoggerFactory.getLogger(PidFile.class);

    private PidFile() {}

    /** Writes this process's pid. A disk that takes nothing is no reason not to serve. */
    public static void write(Path file) {
        String pid = ProcessHandle.current().pid() + "\n";
        try {
            PrivateFile.write(file, pid.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.warn("the pid cannot be written to {}: {}", file, e.toString());
        }
    }
}
