package dev.berth.reconciler.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BodyTest {
    private static SignatureCheck check() {
        return new SignatureCheck(new Proof.Absent("a test"), List.of());
    }

    /** Sends that much, then nothing more. */
    private static InputStream stopping(int bytes) {
        return new InputStream() {
            private int left = bytes;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("here a thread would wait");
                }
                int sent = Math.min(left, length);
                left -= sent;
                return sent;
            }
        };
    }

    @Test
    void read_manyThatSentAByteEach_leaveRoomToOthers() throws IOException {
        Body.Room room = new Body.Room(3 * Body.MOST);
        for (int i = 0; i < 5000; i++) {
            Body waiting = Body.in(room);
            assertThatThrownBy(() -> waiting.read(stopping(1), check(), () -> 0))
                    .isInstanceOf(IOException.class);
        }

        assertThat(
                        Body.in(room)
                                .read(
                                        new ByteArrayInputStream(new byte[1 << 20]),
                                        check(),
                                        () -> 0))
                .isEqualTo(Body.End.WHOLE);
    }

    @Test
    void stream_manyPieces_isWhatCame() throws IOException {
        byte[] sent = new byte[300_001];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 + i / 977);
        }
        Body body = Body.in(new Body.Room(1 << 20));

        body.read(new ByteArrayInputStream(sent), check(), () -> 0);

        assertThat(body.stream().readAllBytes()).isEqualTo(sent);
    }
}
