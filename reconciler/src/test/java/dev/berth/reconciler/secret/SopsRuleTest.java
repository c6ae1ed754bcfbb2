package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SopsRuleTest {
    @Test
    void encrypts_suffixes_lookAtEveryKeyOfThePath() {
        SopsRule not = new SopsRule(SopsRule.Kind.UNENCRYPTED_SUFFIX, "_plain");
        assertThat(not.encrypts(List.of("a", "b"), false)).isTrue();
        assertThat(not.encrypts(List.of("a_plain", "b"), true)).isFalse();
        SopsRule only = new SopsRule(SopsRule.Kind.ENCRYPTED_SUFFIX, "_secret");
        assertThat(only.encrypts(List.of("a", "b"), true)).isFalse();
        assertThat(only.encrypts(List.of("a_secret", "b"), false)).isTrue();
    }

    @Test
    void encrypts_regularExpressions_matchAnyPartOfAKey() {
        SopsRule only = new SopsRule(SopsRule.Kind.ENCRYPTED_REGEX, "data");
        assertThat(only.encrypts(List.of("metadata", "name"), false)).isTrue();
        assertThat(SopsRule.SECRET_DATA.encrypts(List.of("metadata", "name"), false)).isFalse();
        assertThat(SopsRule.SECRET_DATA.encrypts(List.of("stringData", "a"), false)).isTrue();
        SopsRule not = new SopsRule(SopsRule.Kind.UNENCRYPTED_REGEX, "^meta");
        assertThat(not.encrypts(List.of("metadata", "name"), false)).isFalse();
        assertThat(not.encrypts(List.of("data", "name"), false)).isTrue();
    }

    @Test
    void encrypts_commentRules_goByTheFormOfTheValue() {
        SopsRule rule = new SopsRule(SopsRule.Kind.ENCRYPTED_COMMENT_REGEX, "sops:enc");
        assertThat(rule.encrypts(List.of("a"), true)).isTrue();
        assertThat(rule.encrypts(List.of("a"), false)).isFalse();
    }

    @Test
    void open_commentRule_opensWhatIsSealedAndChecksTheMac() {
        AgeKeys one = Fixtures.keys("one.txt");
        String text =
                Fixtures.text("secrets.yaml")
                        .replace("encrypted_regex: ^", "encrypted_comment_regex: ^");
        assertThat(Fixtures.values(text, one)).containsEntry("0/data/stripe", "TEXT:sk_live_1");
        String changed = text.replaceFirst("stripe: ENC.*", "stripe: mine");
        assertThat(Fixtures.fault(changed, one).path()).isEqualTo("sops.mac");
    }

    @Test
    void isSound_brokenOrLongExpression_no() {
        assertThat(new SopsRule(SopsRule.Kind.ENCRYPTED_REGEX, "(").isSound()).isFalse();
        assertThat(new SopsRule(SopsRule.Kind.ENCRYPTED_SUFFIX, "(").isSound()).isTrue();
        assertThat(new SopsRule(SopsRule.Kind.ENCRYPTED_REGEX, "a".repeat(2000)).isSound())
                .isFalse();
    }
}
