package dev.berth.proxy.handover;

import dev.berth.proxy.os.Descriptors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a descriptor that was inherited fit for an event loop, which would hang in its accept
 * otherwise. Nothing of the JDK or Netty does that to a descriptor that is open already.
 */
final class NonBlocking {
    private static final int O_NONBLOCK = 0x800;

    private NonBlocking() {}

    /**
     * Sets O_NONBLOCK (fcntl(2)) where it is not set.
     *
     * @throws IOException if there is no such descriptor
     */
    static void make(int descriptor) throws IOException {
        int flags = flags(descriptor);
        if ((flags & O_NONBLOCK) == 0 && !Descriptors.setFlags(descriptor, flags | O_NONBLOCK)) {
            throw new IOException("socket %d cannot be made non-blocking".formatted(descriptor));
        }
    }

    private static int flags(int descriptor) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor))) {
            if (line.startsWith("flags:")) {
                return (int) Long.parseLong(line.substring("flags:".length()).strip(), 8);
            }
        }
        throw new IOException("descriptor %d has no flags".formatted(descriptor));
    }
}
