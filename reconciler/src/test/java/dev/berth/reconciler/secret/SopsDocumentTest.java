package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.berth.reconciler.desired.yaml.YamlReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files made by sops itself, by another implementation of its format, and the real age tool. */
final class SopsDocumentTest {
    private final AgeKeys one = Fixtures.keys("one.txt");
    private final AgeKeys two = Fixtures.keys("two.txt");

    @ParameterizedTest
    @CsvSource({"sops-3.10.2, global-value", "sops-3.9.0, value"})
    void open_madeBySopsItself_isAsItWasAndItsMacHolds(String release, String value) {
        String text = Fixtures.text(release + ".yaml");
        AgeKeys its = Fixtures.keys(release + ".txt");

        assertThat(Fixtures.values(text, its))
                .containsEntry("0/kind", "TEXT:Secret")
                .containsEntry("0/stringData/key", "TEXT:" + value);
        String changed = text.replace("kind: Secret", "kind: Secred");
        assertThat(Fixtures.fault(changed, its).path()).isEqualTo("sops.mac");
    }

    @Test
    void open_everyType_isAsItWas() {
        assertThat(Fixtures.values(Fixtures.text("everything.yaml"), one))
                .containsOnly(
                        entry("0/text", "TEXT:hunter2 é 🔑"),
                        entry("0/int", "INTEGER:-42"),
                        entry("0/float", "DECIMAL:0.1"),
                        entry("0/large", "DECIMAL:1000000000000000000000"),
                        entry("0/on", "BOOLEAN:true"),
                        entry("0/off", "BOOLEAN:false"),
                        entry("0/bytes", "TEXT:raw"),
                        entry("0/time", "TEXT:2026-01-01T00:00:00Z"),
                        entry("0/empty", "TEXT:"),
                        entry("0/nothing", "NOTHING:"),
                        entry("0/list/0", "TEXT:one"),
                        entry("0/list/1/name", "TEXT:two"),
                        entry("0/list/1/more/0", "INTEGER:3"),
                        entry("0/plain_unencrypted", "TEXT:readable"),
                        entry("0/deep_unencrypted/number", "DECIMAL:1.50"),
                        entry("0/deep_unencrypted/yes", "BOOLEAN:true"),
                        entry("0/deep_unencrypted/list/0", "INTEGER:7"),
                        entry("0/deep_unencrypted/list/1", "NOTHING:~"));
    }

    @Test
    void open_severalDocuments_eachIsClearAndWithoutItsBlock() {
        String text = Fixtures.text("secrets.yaml");
        assertThat(Fixtures.values(text, one))
                .containsEntry("0/data/stripe", "TEXT:sk_live_1")
                .containsEntry("1/data/stripe", "TEXT:line one\nline two\n")
                .containsEntry("1/metadata/name", "TEXT:api")
                .hasSize(8);
        assertThat(Fixtures.values(text, two)).isEqualTo(Fixtures.values(text, one));
    }

    @Test
    void open_macOverEncryptedOnly_othersMayChange() {
        String text = Fixtures.text("mac-only.yaml").replace("name: shop", "name: store");
        assertThat(Fixtures.values(text, one))
                .containsEntry("0/metadata/name", "TEXT:store")
                .containsEntry("0/data/stripe", "TEXT:sk_live_1");
    }

    @Test
    void open_macOnlyFlagTakenAway_isRefused() {
        String text = Fixtures.text("mac-only.yaml").replace("mac_only_encrypted: true", "x: y");
        assertThat(Fixtures.fault(text, one).path()).isEqualTo("sops.mac");
    }

    @Test
    void open_otherIdentity_saysWhoWasMeantAndWhoIsHeld() {
        SecretFault fault = Fixtures.fault(Fixtures.text("everything.yaml"), two);
        assertThat(fault.toString())
                .startsWith("f.yaml:")
                .contains(one.recipients().getFirst().text(), two.recipients().getFirst().text());
        assertThat(Fixtures.fault(Fixtures.text("everything.yaml"), AgeKeys.none()).message())
                .contains("holds no age identity");
    }

    @Test
    void open_unencryptedValueChanged_isRefusedByTheMac() {
        String text = Fixtures.text("secrets.yaml").replace("name: api", "name: apj");
        SecretFault fault = Fixtures.fault(text, one);
        assertThat(fault.path()).isEqualTo("sops.mac");
        assertThat(fault.message()).contains("changed, added or removed", "./berth seal");
    }

    @Test
    void open_valueMovedToAnotherKey_isRefusedAtItsPlace() {
        String text = Fixtures.text("everything.yaml").replace("\ntext: ENC", "\nother: ENC");
        SecretFault fault = Fixtures.fault(text, one);
        assertThat(fault.path()).isEqualTo("other");
        assertThat(fault.at().line()).isEqualTo(2);
        assertThat(fault.at().column()).isEqualTo(8);
    }

    @Test
    void open_plainValueWhereSealedIsDue_isRefusedWithoutQuotingIt() {
        String text =
                Fixtures.text("everything.yaml")
                        .replaceFirst("\ntext: ENC.*", "\ntext: hunter-two");
        SecretFault fault = Fixtures.fault(text, one);
        assertThat(fault.message()).contains("should be sealed");
        assertThat(fault.toString()).doesNotContain("hunter");
    }

    @Test
    void open_listItemsSwapped_isRefusedByTheMac() {
        String text = "a:\n    - x\n    - y\n";
        String sealed = Sealing.sealed(text.replace("a:", "data:"), one);
        String[] lines = sealed.split("\n", -1);
        String first = lines[1];
        lines[1] = lines[2];
        lines[2] = first;
        assertThat(Fixtures.fault(String.join("\n", lines), one).path()).isEqualTo("sops.mac");
    }

    @Test
    void open_lastModifiedChanged_isRefused() {
        String text = Fixtures.text("everything.yaml").replace("03:04:05Z", "03:04:06Z");
        assertThat(Fixtures.fault(text, one).message()).contains("lastmodified was changed");
    }

    @Test
    void open_exoticPlainScalar_isRefusedByName() {
        String text = Fixtures.text("secrets.yaml").replace("name: api", "name: 017");
        SecretFault fault = Fixtures.fault(text, one);
        assertThat(fault.path()).isEqualTo("metadata.name");
        assertThat(fault.message()).contains("put it in quotes");
    }

    @Test
    void open_withoutMac_saysWhatIsMissing() {
        String text = Fixtures.text("everything.yaml").replaceFirst("    mac: .*\n", "");
        assertThat(SopsDocument.is(new YamlReader().read(text))).isFalse();
        assertThat(Fixtures.fault(text, one).path()).isEqualTo("sops.mac");
    }

    @Test
    void open_twoRules_isRefused() {
        String text =
                Fixtures.text("secrets.yaml")
                        .replace("    version:", "    unencrypted_suffix: x\n    version:");
        assertThat(Fixtures.fault(text, one).message()).contains("only one rule");
    }

    @Test
    void open_ruleThatBacktracksForEver_isRefusedSoon() {
        String text =
                Fixtures.text("secrets.yaml")
                        .replace("^(data|stringData)$", ".*.*.*.*.*.*.*c$")
                        .replace("stripe:", "a".repeat(60) + "b:");
        assertThat(Fixtures.fault(text, one).message()).contains("too long");
    }

    @Test
    void open_laterDocumentSealedOnly_isRefused() {
        String text = "kind: App\n---\n" + Fixtures.text("everything.yaml");
        assertThat(SopsDocument.is(new YamlReader().read(text))).isTrue();
        assertThat(Fixtures.fault(text, one).message()).contains("sealed as a whole");
    }

    @Test
    void open_keyGroupsOrOtherKeys_saysSo() {
        String groups = "a: b\nsops:\n    key_groups: []\n    mac: x\n    lastmodified: y\n";
        String pgp = "a: b\nsops:\n    pgp: [{fp: x}]\n    mac: x\n    lastmodified: y\n";
        assertThat(Fixtures.fault(groups, one).message()).contains("key groups");
        assertThat(Fixtures.fault(pgp, one).message()).contains("sealed by pgp only");
    }

    @Test
    void open_lineBreaksThatCountTwoWays_isRefused() {
        String text = Fixtures.text("secrets.yaml").replaceFirst("\n", "\n# a\u2028\n");
        assertThat(Fixtures.fault(text, one).message()).contains("line feeds only");
    }

    @Test
    void is_ordinaryDocuments_no() {
        assertThat(SopsDocument.is(new YamlReader().read("a: b\nsops: c\n---\nsops: {x: y}\n")))
                .isFalse();
    }

    @Test
    void clear_printed_showsNoValue() {
        assertThat(Fixtures.open(Fixtures.text("everything.yaml"), one).toString())
                .isEqualTo("Clear[1 documents, 11 sealed values]");
    }
}
