package dev.berth.reconciler.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Instance.ForgeType;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whoever knows the secret may still send anything. */
final class NoticeFuzzTest {
    private static final int ROUNDS = 4000;
    private static final List<Dialect> DIALECTS = List.of(Dialect.values());
    private static final List<String> SAMPLES =
            List.of(
                    "github-pull-request",
                    "gitea-push",
                    "gitlab-merge-request",
                    "bitbucket-push",
                    "bitbucket-server-pull-request",
                    "azure-push");

    @Test
    void read_mutatedBodies_areReadOrRefused() {
        Random random = new Random(20_261_122);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] body = mutated(Post.sample(SAMPLES.get(round % SAMPLES.size())), random);
            Dialect dialect = DIALECTS.get(random.nextInt(DIALECTS.size()));
            try {
                Notice notice = Notice.read(dialect, _ -> "push", new ByteArrayInputStream(body));
                read++;
                for (ForgeType type : ForgeType.values()) {
                    String repo = notice.repo(type);
                    assertThat(repo == null || repo.length() <= 255).isTrue();
                }
                assertThat(notice.number() == null || notice.number() > 0).isTrue();
                assertThat(notice.urls()).hasSizeLessThan(500);
            } catch (JsonFields.NoJsonException e) {
                // what was to be found out
            }
        }
        assertThat(read).as("not all were broken").isGreaterThan(ROUNDS / 20);
    }

    private static byte[] mutated(byte[] seed, Random random) {
        byte[] body = seed.clone();
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(body.length);
            switch (random.nextInt(4)) {
                case 0 -> body[at] = (byte) random.nextInt(256);
                case 1 -> body = Arrays.copyOf(body, at + 1);
                case 2 -> body[at] = (byte) "{}[]\",:0".charAt(random.nextInt(8));
                default -> {
                    int from = random.nextInt(body.length);
                    int length = Math.min(random.nextInt(40), body.length - Math.max(at, from));
                    System.arraycopy(body, from, body, at, length);
                }
            }
        }
        return body;
    }

    @Test
    void read_deepAndWide_isRefusedOrBounded() throws Exception {
        String deep = "{\"repository\":" + "[".repeat(100_000);
        assertThat(refused(deep)).isTrue();
        assertThat(refused("{\"repository\":" + "{\"links\":".repeat(5_000))).isTrue();
        String wide = "{\"repository\":[" + "\"https://a.example/b\",".repeat(5_000) + "\"x\"]}";
        assertThat(
                        Notice.read(
                                        Dialect.GENERIC,
                                        _ -> null,
                                        new ByteArrayInputStream(bytes(wide)))
                                .urls())
                .hasSize(64);
    }

    private static boolean refused(String json) {
        try {
            Notice.read(Dialect.GENERIC, _ -> null, new ByteArrayInputStream(bytes(json)));
            return false;
        } catch (JsonFields.NoJsonException e) {
            return true;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
