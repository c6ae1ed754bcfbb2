package dev.berth.reconciler.engine.buildlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes: what can be read of them, or a refusal; nothing else. */
final class BuildTraceFuzzTest {
    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void read_mutatedMessages_readOrRefused(long seed) {
        Random random = new Random(seed);
        Counting told = new Counting();
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] message = mutated(random);
            try {
                BuildTrace.read(message, told);
            } catch (IllegalArgumentException _) {
                refused++;
            }
        }

        assertThat(refused).isBetween(1, ROUNDS - 1);
        assertThat(told.count).isPositive();
    }

    private static byte[] mutated(Random random) {
        Instant time = Instant.ofEpochSecond(1_790_000_000L, 5);
        byte[] message =
                random.nextBoolean()
                        ? TraceMessages.vertex("sha256:a", "[1/2] RUN x", true, time, time, "no")
                        : TraceMessages.output("sha256:a", time, new byte[] {'x', '\n'});
        for (int change = random.nextInt(4); change > 0; change--) {
            message[random.nextInt(message.length)] = (byte) random.nextInt();
        }
        return random.nextInt(4) == 0
                ? Arrays.copyOf(message, random.nextInt(message.length * 2))
                : message;
    }

    private static final class Counting implements BuildTrace.Listener {
        private int count;

        @Override
        public void vertex(BuildTrace.Vertex vertex) {
            count++;
        }

        @Override
        public void output(String vertex, Instant at, byte[] piece) {
            count++;
        }
    }
}
