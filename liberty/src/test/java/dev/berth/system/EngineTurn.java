package dev.berth.system;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One class at a time, in whatever process: those that kill the engine. */
final class EngineTurn implements BeforeAllCallback {
    private static final ExtensionContext.Namespace HERE =
            ExtensionContext.Namespace.create(EngineTurn.class);

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        FileChannel file =
                FileChannel.open(
                        Path.of(System.getProperty("java.io.tmpdir"), "berth-engine-turn"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        var _ = file.lock(); // until the file is closed, which happens with the class
        context.getStore(HERE).put("turn", file);
    }
}
