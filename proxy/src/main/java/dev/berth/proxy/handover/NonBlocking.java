package dev.berth.proxy.handover;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a descriptor that was inherited fit for an event loop, which would hang in its accept
 * otherwise. Nothing of the JDK or Netty does that to a descriptor that is open already.
 */
final class NonBlocking {
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;

    private NonBlocking() {}

    /**
     * Sets O_NONBLOCK (fcntl(2)) where it is not set.
     *
     * @throws IOException if there is no such descriptor
     */
    static void make(int descriptor) throws IOException {
        int flags = flags(descriptor);
        if ((flags & O_NONBLOCK) == 0 && setFlags(descriptor, flags | O_NONBLOCK) != 0) {
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

    @SuppressWarnings({"restricted", "IllegalCatch"}) // the edge may call native code
    private static int setFlags(int descriptor, int flags) throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle fcntl =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("fcntl"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT),
                        Linker.Option.firstVariadicArg(2));
        try {
            return (int) fcntl.invokeExact(descriptor, F_SETFL, flags);
        } catch (Throwable e) {
            throw new IOException("fcntl", e);
        }
    }
}
