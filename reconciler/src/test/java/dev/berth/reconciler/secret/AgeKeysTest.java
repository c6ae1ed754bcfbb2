package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AgeKeysTest {
    private final AgeIdentity identity = AgeIdentity.generate(new SecureRandom());

    @Test
    void read_fileOfAgeKeygen_hasThePublicKeyOfItsComment() {
        String text = Fixtures.text("one.txt");
        String recipient = text.substring(text.indexOf("age1")).lines().findFirst().orElseThrow();
        assertThat(Fixtures.keys("one.txt").recipients())
                .extracting(AgeRecipient::text)
                .containsExactly(recipient);
    }

    @Test
    void read_linesThatAreNoIdentity_areToldByLineAndNotQuoted() {
        List<SecretFault> faults = new ArrayList<>();
        String text =
                "# c\n\n%s\r\n%s\nAGE-SECRET-KEY-1QQQQ\nAGE-PLUGIN-X-1QQ\n-----BEGIN X\n"
                        .formatted(identity.text(), identity.recipient());
        AgeKeys keys = AgeKeys.read("keys/age.txt", text, faults::add);
        assertThat(keys.recipients()).containsExactly(identity.recipient());
        assertThat(faults).extracting(f -> f.at().line()).containsExactly(4, 5, 6, 7);
        assertThat(faults.getFirst().toString())
                .startsWith("keys/age.txt:4:1: this is a public key");
        assertThat(faults.toString()).doesNotContain("QQQQ");
    }

    @Test
    void open_wrappedForOneOfSeveral_opens() {
        byte[] plain = "data key".getBytes(StandardCharsets.UTF_8);
        AgeKeys keys = Fixtures.keys("one.txt").and(keys(identity));
        assertThat(keys.open(identity.recipient().wrap(plain))).isEqualTo(plain);
        assertThat(Fixtures.keys("one.txt").open(identity.recipient().wrap(plain))).isNull();
        assertThat(AgeKeys.none().open(identity.recipient().wrap(plain))).isNull();
    }

    @Test
    void open_windowsLineEndsAndBlanks_opens() {
        String armoured = identity.recipient().wrap(new byte[] {1, 2}).replace("\n", "\r\n");
        assertThat(keys(identity).open("\r\n" + armoured + "\r\n")).containsExactly(1, 2);
    }

    @Test
    void open_nonsenseOrTooLong_isNull() {
        for (String text :
                List.of("", "x", "-----BEGIN AGE ENCRYPTED FILE-----", "a".repeat(1 << 20))) {
            assertThat(keys(identity).open(text)).isNull();
        }
    }

    @Test
    void open_anyCharacterChanged_neverGivesAnotherValue() {
        String armoured = identity.recipient().wrap(new byte[] {1, 2, 3});
        for (int at = 0; at < armoured.length(); at++) {
            char[] changed = armoured.toCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            byte[] opened = keys(identity).open(new String(changed));
            assertThat(opened).as("character %d", at).isNull();
        }
    }

    @Test
    void recipient_notAKey_isRefused() {
        for (String text : List.of("", "age1", identity.text(), identity.recipient() + "q")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new AgeRecipient(text))
                    .withMessageContaining("not an age public key");
        }
    }

    @Test
    void toString_showsPublicKeysOnly() {
        assertThat(identity).hasToString(identity.recipient().text());
        assertThat(keys(identity).toString()).doesNotContain("SECRET");
    }

    private static AgeKeys keys(AgeIdentity identity) {
        return AgeKeys.read(
                "f",
                identity.text(),
                f -> {
                    throw new AssertionError(f);
                });
    }
}
