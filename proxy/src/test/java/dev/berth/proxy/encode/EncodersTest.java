package dev.berth.proxy.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodersTest {
    private final Encoders encoders = new Encoders();
    private final List<BodyEncoder> running = new ArrayList<>();

    @AfterEach
    void closeAll() {
        running.forEach(BodyEncoder::close);
        assertThat(encoders.running()).isZero();
    }

    @Test
    void start_oneAppHasMany_othersStillGetTheirs() {
        int slow = 0;
        while (start("slow") != null) {
            slow++;
        }

        assertThat(slow).isEqualTo(Encoders.MOST_OF_ONE_APP);
        BodyEncoder other = start("other");
        assertThat(other).isNotNull();
        running.removeFirst().close();
        assertThat(start("slow")).isNotNull();
    }

    @Test
    void get_allAreReadSlowly_filesAreEncodedAllTheSame(@TempDir Path directory) throws Exception {
        for (String app : List.of("a", "b", "c")) {
            while (start(app) != null) {
                // until it has its share
            }
        }
        assertThat(encoders.running()).isEqualTo(Encoders.MOST);
        Path file = written(directory);
        CompletableFuture<byte @Nullable []> encoded = new CompletableFuture<>();

        new EncodedFiles(encoders).get(file, "\"x\"", 5000, Coding.GZIP, encoded::complete);

        assertThat(encoded.get(20, TimeUnit.SECONDS)).isNotNull().hasSizeLessThan(1000);
    }

    private static Path written(Path directory) throws IOException {
        return Files.writeString(directory.resolve("a.txt"), "a".repeat(5000));
    }

    private @Nullable BodyEncoder start(String app) {
        BodyEncoder encoder = encoders.start(Coding.GZIP, UnpooledByteBufAllocator.DEFAULT, app);
        if (encoder != null) {
            running.add(encoder);
        }
        return encoder;
    }
}
