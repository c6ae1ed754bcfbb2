package dev.berth.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePumpTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

    @Test
    void pump_fileShrank_failsAndFreesThePiece(@TempDir Path directory) throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[100_000]);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        FilePump pump =
                new FilePump(
                        channel,
                        new DefaultFileRegion(
                                FileChannel.open(path, StandardOpenOption.READ), 0, 100_000),
                        channel::isWritable,
                        piece -> piece.release());
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(10);
        }

        pump.pump();

        assertThat(pump.done().cause()).isInstanceOf(IOException.class);
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        channel.finishAndReleaseAll();
    }
}
