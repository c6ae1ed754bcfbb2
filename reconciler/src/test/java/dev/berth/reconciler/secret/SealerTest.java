package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class SealerTest {
    private static final String PLAIN =
            """
            # the shop's keys
            apiVersion: berth/v1
            kind: Secret
            metadata: {name: shop}   # readable
            data:
              # old one: hunter1
              stripe: "sk_live_1" # rotate in May
              pin: 1234
              on: true
              empty: ""
              nothing:
              pem: |
                -----BEGIN
                abc
              list: [a, 'b c', {d: "e: f"}]
              last: x
              # trailing: hunter3
            other: [1.5, no]

            # about the next
            ---
            kind: Secret
            stringData:
              a: >-
                folded
                text
            """;

    private final AgeKeys one = Fixtures.keys("one.txt");
    private final AgeKeys two = Fixtures.keys("two.txt");

    @Test
    void seal_newFile_hidesValuesAndKeepsTheRest() {
        String sealed = Sealing.sealed(PLAIN, one);
        assertThat(sealed)
                .contains(
                        "# the shop's keys\napiVersion: berth/v1\nkind: Secret\n",
                        "metadata: {name: shop}   # readable\ndata:\n",
                        "  stripe: ENC[AES256_GCM,data:",
                        "  empty: \"\"\n  nothing:\n  pem: ENC[",
                        "list: [\"ENC[",
                        "other: [1.5, no]\n",
                        "lastmodified: \"2026-05-06T07:08:09Z\"",
                        "encrypted_regex: '^(data|stringData)$'")
                .doesNotContain(
                        "sk_live", "hunter", "rotate", "1234", "BEGIN\n", "abc\n", "folded",
                        "e: f");
    }

    @Test
    void seal_thenOpen_givesTheValuesBack() {
        assertThat(Fixtures.values(Sealing.sealed(PLAIN, one), one))
                .containsEntry("0/data/stripe", "TEXT:sk_live_1")
                .containsEntry("0/data/pin", "INTEGER:1234")
                .containsEntry("0/data/on", "BOOLEAN:true")
                .containsEntry("0/data/empty", "TEXT:")
                .containsEntry("0/data/nothing", "NOTHING:")
                .containsEntry("0/data/pem", "TEXT:-----BEGIN\nabc\n")
                .containsEntry("0/data/list/2/d", "TEXT:e: f")
                .containsEntry("0/metadata/name", "TEXT:shop")
                .containsEntry("1/stringData/a", "TEXT:folded text");
    }

    @Test
    void seal_sealedAndUnchanged_comesBackAsItIs() {
        String sealed = Sealing.sealed(PLAIN, one);
        assertThat(Sealing.text(later(one).seal("f", sealed, Set.of()))).isEqualTo(sealed);
    }

    @Test
    void seal_foreignFileUnchanged_comesBackAsItIs() {
        for (String name : new String[] {"everything.yaml", "secrets.yaml", "mac-only.yaml"}) {
            String text = Fixtures.text(name);
            assertThat(Sealing.text(later(one).seal("f", text, Set.of()))).isEqualTo(text);
        }
    }

    @Test
    void seal_oneValueReplaced_changesItsLineTimeAndMacOnly() {
        String sealed = Sealing.sealed(PLAIN, one);
        String edited = sealed.replaceFirst("stripe: \\S+", "stripe: sk_live_2");
        String again = Sealing.text(later(one).seal("f", edited, Set.of()));
        assertThat(again).doesNotContain("sk_live_2");
        assertThat(Fixtures.values(again, one)).containsEntry("0/data/stripe", "TEXT:sk_live_2");
        // The time and the MAC stand in the block of each of the two documents.
        assertThat(changedLines(sealed, again)).isEqualTo(1 + 2 * 2);
    }

    @Test
    void seal_plainTextWithItsSealedForm_keepsWhatDidNotChange() {
        String sealed = Sealing.sealed(PLAIN, one);
        assertThat(Sealing.text(later(one).seal("f", PLAIN, sealed, Set.of()))).isEqualTo(sealed);
        String edited = PLAIN.replace("sk_live_1", "sk_live_2");
        String again = Sealing.text(later(one).seal("f", edited, sealed, Set.of()));
        assertThat(changedLines(sealed, again)).isEqualTo(1 + 2 * 2);
    }

    @Test
    void seal_otherRecipients_sealsAllAnewWithAnotherKey() {
        String sealed = Sealing.sealed(PLAIN, one);
        String moved = Sealing.text(later(one).seal("f", sealed, Set.copyOf(two.recipients())));
        assertThat(Fixtures.values(moved, two)).isEqualTo(Fixtures.values(sealed, one));
        assertThat(Fixtures.fault(moved, one).message()).contains("it is sealed for");
        assertThat(moved).doesNotContain("hunter", "sk_live").hasLineCount(lines(sealed));
        assertThat(changedLines(sealed, moved)).isGreaterThan(10);
    }

    @Test
    void seal_sealedWithoutIdentity_saysSo() {
        String sealed = Sealing.sealed(PLAIN, one);
        assertThat(fault(Sealing.sealer(two).seal("f", sealed, Set.of())).message())
                .contains("it is sealed for");
    }

    @Test
    void seal_forNobody_saysSo() {
        assertThat(fault(Sealing.sealer(one).seal("f", PLAIN, Set.of())).message())
                .contains("--recipient");
    }

    @Test
    void seal_valueOfAnotherFile_isRefusedAtItsPlace() {
        String other = Sealing.sealed("data: {a: b}\n", one);
        String value = other.substring(other.indexOf("ENC["), other.indexOf(']') + 1);
        SecretFault fault = fault(seal("kind: Secret\ndata:\n  k: \"" + value + "\"\n"));
        assertThat(fault.toString()).startsWith("f:3:6 data.k: ");
    }

    @Test
    void seal_unclearAliasedOrInBraces_isRefusedWithoutQuoting() {
        assertThat(fault(seal("data:\n  pin: 0177\n")).toString())
                .startsWith("f:2:8 data.pin")
                .contains("put it in quotes")
                .doesNotContain("0177");
        assertThat(fault(seal("data: &x {a: b}\nmore: *x\n")).message()).contains("anchors");
        assertThat(fault(seal("{data: {a: b}}\n")).message()).contains("first column");
        assertThat(fault(seal("data: {a: b}\ndata: {a: c}\n")).message()).contains("two");
        assertThat(fault(seal("data: [hunter2\n")).toString()).doesNotContain("hunter");
        assertThat(fault(seal("- hunter2\n")).message()).contains("mappings");
    }

    @Test
    void seal_blockTextAtTheEnd_opens() {
        for (String end : new String[] {"\n", "\n\n\n", "\n# c", "\n...\n"}) {
            String text = "data:\n  a: b\nkeep: |+\n  x\n  y" + end;
            assertThat(Fixtures.values(Sealing.sealed(text, one), one))
                    .as(text)
                    .containsEntry("0/data/a", "TEXT:b")
                    .containsKey("0/keep");
        }
        assertThat(fault(seal("data: {a: b}\nkeep: |+\n  x")).message()).contains("line break");
        assertThat(Fixtures.values(Sealing.sealed("data:\n  a: b", one), one))
                .containsEntry("0/data/a", "TEXT:b");
    }

    @Test
    void seal_windowsLineEnds_opens() {
        String sealed = Sealing.sealed(PLAIN.replace("\n", "\r\n"), one);
        assertThat(Fixtures.values(sealed, one))
                .containsEntry("0/data/pem", "TEXT:-----BEGIN\nabc\n");
    }

    private Sealer later(AgeKeys keys) {
        return Sealing.sealer(keys, Sealing.TIME.plusSeconds(3600));
    }

    private Sealer.Result seal(String text) {
        return Sealing.sealer(one).seal("f", text, Set.copyOf(one.recipients()));
    }

    private static SecretFault fault(Sealer.Result result) {
        return switch (result) {
            case Sealer.Sealed _ -> throw new AssertionError("sealed");
            case Sealer.Refused(SecretFault fault) -> fault;
        };
    }

    private static int lines(String text) {
        return (int) text.lines().count();
    }

    private static int changedLines(String before, String after) {
        String[] old = before.split("\n", -1);
        String[] now = after.split("\n", -1);
        assertThat(now).hasSameSizeAs(old);
        int changed = 0;
        for (int i = 0; i < old.length; i++) {
            changed += old[i].equals(now[i]) ? 0 : 1;
        }
        return changed;
    }
}
