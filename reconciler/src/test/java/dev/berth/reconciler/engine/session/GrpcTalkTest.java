package dev.berth.reconciler.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.berth.reconciler.engine.session.BuildKitClient.Reply;
import dev.berth.reconciler.secret.Secret;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GrpcTalkTest {
    private static final String GET = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
    private static final String CHECK = "/grpc.health.v1.Health/Check";

    private final GrpcTalk talk =
            new GrpcTalk(
                    new SecretService(
                            new TreeMap<>(
                                    Map.of(
                                            "npm", Secret.of("s3cret"),
                                            "long", Secret.of("x".repeat(300_000))))));
    private final BuildKitClient client = new BuildKitClient();

    @AfterEach
    void closes() {
        talk.close();
    }

    /** Until neither has anything to say. */
    private void exchange(byte[] said) {
        byte[] theirs = said;
        while (theirs.length > 0) {
            theirs = client.take(talk.take(theirs));
        }
    }

    private Reply call(String method, byte[] message) {
        client.take(talk.begin());
        exchange(client.call(method, message));
        return client.replies().getLast();
    }

    @Test
    void getSecret_known_isItsValue() {
        assertThat(call(GET, BuildKitClient.wanted("npm")))
                .isEqualTo(new Reply("0", "null", "\0\0\0\0\u0008\n\u0006s3cret"));
    }

    @Test
    void getSecret_longerThanAWindow_comesWhole() {
        Reply reply = call(GET, BuildKitClient.wanted("long"));

        assertThat(reply.status()).isEqualTo("0");
        assertThat(reply.data()).endsWith("x".repeat(300_000));
    }

    @Test
    void getSecret_unknown_isNotFoundAndNamesNone() {
        assertThat(call(GET, BuildKitClient.wanted("other")))
                .isEqualTo(new Reply("5", "the build has no such secret", ""));
    }

    @Test
    void check_always_isServing() {
        for (int i = 0; i < 200; i++) {
            assertThat(call(CHECK, new byte[0]))
                    .isEqualTo(new Reply("0", "null", "\0\0\0\0\u0002\u0008\u0001"));
        }
    }

    @Test
    void anyOther_isUnimplemented() {
        assertThat(call("/moby.filesync.v1.Auth/Credentials", new byte[0]).status())
                .isEqualTo("12");
    }

    @Test
    void getSecret_notOneMessage_isRefused() {
        client.take(talk.begin());
        exchange(client.send(GET, new byte[] {0, 0}));
        exchange(client.send(GET, new byte[] {0, 0, 0, 0, 9, 1}));
        exchange(client.send(GET, new byte[] {1, 0, 0, 0, 0}));
        exchange(client.call(GET, new byte[] {10, 50}));

        assertThat(client.replies()).extracting(Reply::status).containsExactly("3", "3", "12", "3");
    }

    @Test
    void getSecret_tooLong_isRefusedAndTheNextAnswered() {
        client.take(talk.begin());
        exchange(client.call(GET, new byte[200_000]));
        exchange(client.call(GET, BuildKitClient.wanted("npm")));

        assertThat(client.replies()).extracting(Reply::status).containsExactly("8", "0");
    }

    @Test
    void take_noHttp2_ends() {
        talk.begin();
        byte[] _ =
                talk.take(
                        "GET / HTTP/1.1\r\n\r\n"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));

        assertThat(talk.ended()).isTrue();
    }

    @Test
    void take_anyBytesAfterACall_breaksNothing() {
        byte[] call = client.call(GET, BuildKitClient.wanted("npm"));
        Random random = new Random(42);
        for (int i = 0; i < 2000; i++) {
            byte[] broken = call.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                broken[24 + random.nextInt(call.length - 24)] = (byte) random.nextInt();
            }
            assertThatCode(
                            () -> {
                                try (GrpcTalk other =
                                        new GrpcTalk(new SecretService(new TreeMap<>()))) {
                                    other.begin();
                                    other.take(broken);
                                }
                            })
                    .doesNotThrowAnyException();
        }
    }
}
