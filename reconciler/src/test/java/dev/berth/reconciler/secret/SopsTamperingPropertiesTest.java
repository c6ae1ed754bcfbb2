package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.yaml.YamlReader;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever changes a sealed file without its key: it is refused, or nothing that counts changed. */
final class SopsTamperingPropertiesTest {
    private static final Pattern SEALED = Pattern.compile("(?<!#)ENC\\[[^]]+]");

    private final AgeKeys one = Fixtures.keys("one.txt");

    @Test
    void open_anyCharacterOfACiphertextChanged_isRefused() {
        String text = Fixtures.text("everything.yaml");
        Matcher matcher = SEALED.matcher(text);
        int tried = 0;
        while (matcher.find()) {
            for (int at = matcher.start() + tried % 3; at < matcher.end(); at += 3) {
                char was = text.charAt(at);
                char now = Character.isLetterOrDigit(was) ? (was == 'A' ? 'B' : 'A') : 'x';
                String changed = text.substring(0, at) + now + text.substring(at + 1);
                assertThat(Fixtures.open(changed, one))
                        .as("character %d", at)
                        .isInstanceOf(SopsDocument.Refused.class);
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(500);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void open_anyByteChanged_neverGivesAnotherSecret(long seed) {
        Random random = new Random(seed);
        for (String name : List.of("everything.yaml", "secrets.yaml")) {
            String text = Fixtures.text(name);
            Set<String> values = new HashSet<>(Fixtures.values(text, one).values());
            for (int round = 0; round < 500; round++) {
                int at = random.nextInt(text.length());
                char now = (char) (text.charAt(at) ^ (1 << random.nextInt(7)));
                String changed = text.substring(0, at) + now + text.substring(at + 1);
                if (isSealed(changed)
                        && Fixtures.open(changed, one) instanceof SopsDocument.Clear clear) {
                    Map<String, String> got = Fixtures.values(clear);
                    assertThat(values)
                            .as("seed %d round %d at %d", seed, round, at)
                            .containsAll(secretsOf(clear, got));
                }
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {4, 5})
    void open_ciphertextsSwapped_isRefused(long seed) {
        Random random = new Random(seed);
        String text = Fixtures.text("everything.yaml");
        List<String> sealed = SEALED.matcher(text).results().map(r -> r.group()).toList();
        for (int round = 0; round < 100; round++) {
            String a = sealed.get(random.nextInt(sealed.size()));
            String b = sealed.get(random.nextInt(sealed.size()));
            String swapped = text.replace(a, "\0").replace(b, a).replace("\0", b);
            if (!a.equals(b)) {
                assertThat(Fixtures.open(swapped, one))
                        .as("seed %d round %d", seed, round)
                        .isInstanceOf(SopsDocument.Refused.class);
            }
        }
    }

    private static boolean isSealed(String text) {
        return SopsDocument.is(new YamlReader().read(text));
    }

    /** What was encrypted; unencrypted keys may be renamed unseen, as with sops itself. */
    private static List<String> secretsOf(SopsDocument.Clear clear, Map<String, String> got) {
        assertThat(clear.sealed()).isNotEmpty();
        return got.entrySet().stream()
                .filter(e -> !e.getKey().contains("unencrypted"))
                .map(Map.Entry::getValue)
                .filter(v -> !v.startsWith("NOTHING"))
                .toList();
    }
}
