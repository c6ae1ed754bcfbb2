package dev.berth.reconciler.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Programs of Debian packages that the tests need: those installed, or else unpacked into a cache;
 * nothing is installed.
 */
public final class DebianPrograms {
    public static final Path UNPACKED =
            Path.of(System.getProperty("user.home"), ".cache", "berth", "test-programs");

    private static final int PATIENCE_MINUTES = 3;

    private DebianPrograms() {}

    /**
     * Where a program is.
     *
     * @param path below the root directory
     * @param packages that it and its libraries are in, for a machine that has none of them
     */
    public static Path find(String path, List<String> packages) throws IOException {
        Path installed = Path.of("/").resolve(path);
        Path unpacked = UNPACKED.resolve(path);
        if (Files.isExecutable(installed)) {
            return installed;
        }
        Files.createDirectories(UNPACKED);
        try (FileChannel lock = // tests of two processes may need it at a time
                        FileChannel.open(
                                UNPACKED.resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = lock.lock()) {
            if (!Files.isExecutable(unpacked)) {
                String all = String.join(" ", packages);
                run(
                        "{ apt-get download -q %s || { apt-get update -q && apt-get download -q %s; }; }"
                                        .formatted(all, all)
                                + " && for each in *.deb; do dpkg-deb -x \"$each\" .; done && rm"
                                + " *.deb");
            }
        }
        return unpacked;
    }

    private static void run(String script) throws IOException {
        Path log = UNPACKED.resolve("log");
        Process fetching =
                new ProcessBuilder(List.of("bash", "-c", script))
                        .directory(UNPACKED.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (!fetching.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)
                    || fetching.exitValue() != 0) {
                fetching.destroyForcibly();
                throw new IllegalStateException(
                        "packages for the tests can't be had: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** One of the loopback address. */
    public static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /** Whether somebody listens at the loopback address. */
    public static boolean isReached(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
