package dev.berth.proxy.encode;

import com.github.luben.zstd.util.ZstdVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the libraries of the encoders where we say. By themselves they unpack to a new place in the
 * directory for temporary files at each start and stay there, because the edge ends without running
 * what is registered for its exit. Before anything of an encoder is loaded.
 */
final class NativeLibraries {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

    private NativeLibraries() {}

    /** Unpacks them; one that can't be is left to find its own way. */
    static void unpack(Path directory) {
        boolean arm = System.getProperty("os.arch", "").equals("aarch64");
        place(
                "brotli4j.library.path",
                arm ? "/lib/linux-aarch64/libbrotli.so" : "/lib/linux-x86_64/libbrotli.so",
                directory.resolve("libbrotli.so"));
        place(
                "ZstdNativePath",
                "/linux/%s/libzstd-jni-%s.so"
                        .formatted(arm ? "aarch64" : "amd64", ZstdVersion.VERSION),
                directory.resolve("libzstd.so"));
    }

    private static void place(String property, String resource, Path file) {
        if (System.getProperty(property) != null) {
            return;
        }
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        try (InputStream library = NativeLibraries.class.getResourceAsStream(resource)) {
            if (library == null) {
                return;
            }
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.copy(library, unfinished, StandardCopyOption.REPLACE_EXISTING);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            System.setProperty(property, file.toAbsolutePath().toString());
        } catch (IOException e) {
            LOG.info("{} cannot be written: {}", file, e.toString());
        }
    }
}
