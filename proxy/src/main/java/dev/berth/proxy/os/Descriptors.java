package dev.berth.proxy.os;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Changes of a descriptor that is open already. Thread-safe. */
public final class Descriptors {
    private static final int F_SETFL = 4;
    private static final int O_CLOEXEC = 0x80000;

    private static final FunctionDescriptor THREE_NUMBERS =
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT);

    private Descriptors() {}

    /**
     * Sets the status flags of a descriptor: fcntl(2), F_SETFL.
     *
     * @return whether they were set
     * @throws IOException if the system cannot be asked
     */
    public static boolean setFlags(int descriptor, int flags) throws IOException {
        return call(
                        "fcntl",
                        new int[] {descriptor, F_SETFL, flags},
                        Linker.Option.firstVariadicArg(2))
                == 0;
    }

    /**
     * Has a number mean what another one does; what it meant is closed: dup3(2), O_CLOEXEC.
     *
     * @return whether it does
     * @throws IOException if the system cannot be asked
     */
    public static boolean replace(int number, int by) throws IOException {
        return call("dup3", new int[] {by, number, O_CLOEXEC}) >= 0;
    }

    @SuppressWarnings({"restricted", "IllegalCatch"}) // the edge may call native code
    private static int call(String name, int[] with, Linker.Option... options) throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle function =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow(name), THREE_NUMBERS, options);
        try {
            return (int) function.invokeExact(with[0], with[1], with[2]);
        } catch (Throwable e) {
            throw new IOException(name, e);
        }
    }
}
