package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.config.Instance.VerifyMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Signatures made by git with ssh-keygen and gpg; {@code make_fixtures.sh} beside them made them.
 */
final class CommitVerifierTest {
    static final Path FIXTURES = Path.of("src/test/resources/signatures");

    @TempDir Path directory;
    private BareStore store;
    private CommitVerifier verifier;

    @BeforeEach
    void open() throws StoreFault {
        store = BareStore.create(directory.resolve("store.git"));
        verifier = new CommitVerifier(directory.resolve("signers"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    static String fixture(String name) {
        try {
            return Files.readString(FIXTURES.resolve(name), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A line of an allowed_signers file. */
    static String line(String who, String key) {
        return who + " " + fixture(key + ".pub");
    }

    private static VerifyPolicy ssh(String... lines) {
        return new VerifyPolicy(VerifyMode.HEAD, String.join("", lines), List.of());
    }

    private static VerifyPolicy gpg(String... keys) {
        return new VerifyPolicy(
                VerifyMode.HEAD, null, Stream.of(keys).map(key -> fixture(key + ".asc")).toList());
    }

    private Verdict verify(String commit, VerifyPolicy policy) throws Exception {
        return verifyText(fixture(commit + ".commit"), policy);
    }

    private Verdict verifyText(String commit, VerifyPolicy policy) throws Exception {
        try (ObjectInserter inserter = store.repository().newObjectInserter()) {
            ObjectId id =
                    inserter.insert(
                            Constants.OBJ_COMMIT, commit.getBytes(StandardCharsets.ISO_8859_1));
            inserter.flush();
            return verifier.verify(store.repository(), id, policy);
        }
    }

    private static String why(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Bad.class);
        return ((Verdict.Bad) verdict).why();
    }

    @Test
    void verify_modeOff_looksAtNothing() throws Exception {
        assertThat(verify("unsigned", VerifyPolicy.OFF)).isEqualTo(new Verdict.Good(""));
        assertThat(directory.resolve("signers")).doesNotExist();
    }

    @Test
    void verify_notSigned_isBad() throws Exception {
        assertThat(why(verify("unsigned", ssh(line("ada@example.com", "ssh-ada")))))
                .isEqualTo("it is not signed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh-ada", "ssh-rsa", "ssh-ecdsa"})
    void verify_sshKeyListed_isGoodAndNamed(String key) throws Exception {
        assertThat(verify(key, ssh("# people\n\n", line("bob@example.com", key))))
                .isEqualTo(new Verdict.Good("bob@example.com"));
    }

    @Test
    void verify_sshKeyNotListed_isBadAndShown() throws Exception {
        assertThat(why(verify("ssh-mallory", ssh(line("ada@example.com", "ssh-ada")))))
                .contains("SSH key SHA256:")
                .contains("not among those that may sign");
    }

    /** As a crash may leave it. */
    @Test
    void verify_listOnDiskIsCutOff_isWrittenAnew() throws Exception {
        VerifyPolicy policy = ssh(line("ada@example.com", "ssh-ada"));
        verify("ssh-ada", policy);
        try (Stream<Path> lists = Files.list(directory.resolve("signers"))) {
            for (Path list : lists.toList()) {
                Files.writeString(list, "");
            }
        }
        verifier = new CommitVerifier(directory.resolve("signers"));

        assertThat(verify("ssh-ada", policy)).isEqualTo(new Verdict.Good("ada@example.com"));
    }

    @Test
    void verify_noSshKeyMaySign_isBad() throws Exception {
        assertThat(why(verify("ssh-ada", new VerifyPolicy(VerifyMode.HEAD, null, List.of()))))
                .contains("not among those that may sign");
    }

    @Test
    void verify_otherLineCantBeRead_stillFindsTheKey() throws Exception {
        VerifyPolicy policy =
                ssh(
                        "rubbish\n",
                        "eve@example.com sk-ssh-ed25519@openssh.com AAAA\n",
                        line("ada@example.com\t namespaces=\"git\"\t ", "ssh-ada"));
        assertThat(verify("ssh-ada", policy)).isEqualTo(new Verdict.Good("ada@example.com"));
    }

    @ParameterizedTest
    @CsvSource({
        "valid-after=20260101Z, true",
        "valid-after=20260401Z, false",
        "valid-before=20260401Z, true",
        "valid-before=20260201Z, false",
    })
    void verify_sshKeyWithDates_isGoodOnlyBetweenThem(String option, boolean good)
            throws Exception {
        Verdict verdict = verify("ssh-ada", ssh(line("ada@example.com " + option, "ssh-ada")));
        if (good) {
            assertThat(verdict).isInstanceOf(Verdict.Good.class);
        } else {
            assertThat(why(verdict)).contains("was not valid at the commit's time");
        }
    }

    @Test
    void verify_sshSignatureOfAnotherNamespace_isBad() throws Exception {
        VerifyPolicy policy = ssh(line("ada@example.com", "ssh-ada"));
        assertThat(why(verify("ssh-namespace", policy))).contains("does not hold");
        VerifyPolicy notGit = ssh(line("ada@example.com namespaces=\"file\"", "ssh-ada"));
        assertThat(verify("ssh-ada", notGit)).isInstanceOf(Verdict.Bad.class);
    }

    @Test
    void verify_sshCertificate_isGoodByItsAuthorityAlone() throws Exception {
        String authority = line("*@example.com cert-authority", "ssh-ca");
        assertThat(verify("ssh-certificate", ssh(authority)))
                .isEqualTo(new Verdict.Good("grace@example.com"));
        assertThat(verify("ssh-certificate", ssh(line("grace@example.com", "ssh-grace"))))
                .isInstanceOf(Verdict.Bad.class);
        assertThat(verify("ssh-certificate", ssh(line("*@example.org cert-authority", "ssh-ca"))))
                .isInstanceOf(Verdict.Bad.class);
    }

    @Test
    void verify_gpgKeyListed_isGoodAndNamed() throws Exception {
        assertThat(verify("gpg-ada", gpg("gpg-rsa", "gpg-ada")))
                .isEqualTo(new Verdict.Good("gpg-ada <gpg-ada@example.com>"));
    }

    @Test
    void verify_gpgSubkey_isGood() throws Exception {
        assertThat(verify("gpg-subkey", gpg("gpg-rsa"))).isInstanceOf(Verdict.Good.class);
    }

    @Test
    void verify_twoKeysInOneFile_areBothGood() throws Exception {
        VerifyPolicy policy =
                new VerifyPolicy(
                        VerifyMode.HEAD,
                        null,
                        List.of(fixture("gpg-rsa.asc") + "\n" + fixture("gpg-ada.asc")));
        assertThat(verify("gpg-ada", policy)).isInstanceOf(Verdict.Good.class);
        assertThat(verify("gpg-subkey", policy)).isInstanceOf(Verdict.Good.class);
    }

    @Test
    void verify_gpgKeyNotListed_isBadAndShown() throws Exception {
        assertThat(why(verify("gpg-mallory", gpg("gpg-ada"))))
                .containsPattern("GPG key [0-9A-F]{16}, which is not among those that may sign");
        assertThat(why(verify("gpg-ada", ssh(line("ada@example.com", "ssh-ada")))))
                .contains("none may sign");
    }

    @ParameterizedTest
    @CsvSource({
        "gpg-expired, was not valid at the time",
        "gpg-revoked, is revoked",
    })
    void verify_gpgKeyOverOrRevoked_isBad(String key, String why) throws Exception {
        assertThat(why(verify(key, gpg(key)))).contains(why);
    }

    @Test
    void verify_gpgWeakHash_isBad() throws Exception {
        assertThat(why(verify("gpg-sha1", gpg("gpg-ada")))).contains("hash that can be forged");
    }

    @ParameterizedTest
    @CsvSource({"ssh-ada, ssh-ada", "gpg-ada, gpg-ada", "gpg-subkey, gpg-subkey"})
    void verify_anythingElseOfTheCommitChanged_isBad(String commit, String message)
            throws Exception {
        VerifyPolicy policy = both();
        String text = fixture(commit + ".commit");
        assertThat(verifyText(text, policy)).isInstanceOf(Verdict.Good.class);
        assertThat(verifyText(text.replaceFirst("(?s)(.*)" + message, "$1other"), policy))
                .isInstanceOf(Verdict.Bad.class);
        assertThat(verifyText(text.replaceFirst("author Ada", "author Eve"), policy))
                .isInstanceOf(Verdict.Bad.class);
        assertThat(verifyText(text.replaceFirst("tree 4b825", "tree 4b826"), policy))
                .isInstanceOf(Verdict.Bad.class);
        assertThat(
                        verifyText(
                                text.replaceFirst(
                                        "\nauthor", "\nparent " + "1".repeat(40) + "\nauthor"),
                                policy))
                .isInstanceOf(Verdict.Bad.class);
    }

    private static VerifyPolicy both() {
        return new VerifyPolicy(
                VerifyMode.HEAD,
                line("ada@example.com", "ssh-ada"),
                List.of(fixture("gpg-ada.asc"), fixture("gpg-rsa.asc")));
    }

    @Test
    void verify_signatureOfAnotherCommit_isBad() throws Exception {
        String signature = header(fixture("ssh-ada.commit"));
        String other = fixture("ssh-mallory.commit");
        assertThat(verifyText(other.replace(header(other), signature), both()))
                .isInstanceOf(Verdict.Bad.class);
    }

    private static @Nullable String header(String commit) {
        return commit.substring(commit.indexOf("gpgsig "), commit.indexOf("\n\n"));
    }

    /** Whatever is done to the bytes of a signed commit, it never counts as another signed one. */
    @ParameterizedTest
    @ValueSource(strings = {"ssh-ada", "gpg-ada", "gpg-subkey", "ssh-certificate"})
    void verify_randomDamage_isNeverGoodForOtherContent(String commit) throws Exception {
        Random random = new Random(commit.hashCode());
        byte[] original = fixture(commit + ".commit").getBytes(StandardCharsets.ISO_8859_1);
        int signature = new String(original, StandardCharsets.ISO_8859_1).indexOf("gpgsig ");
        int end = new String(original, StandardCharsets.ISO_8859_1).indexOf("\n\n");
        for (int i = 0; i < 150; i++) {
            byte[] damaged = original.clone();
            int at = random.nextInt(damaged.length);
            damaged[at] ^= (byte) (1 << random.nextInt(7));
            Verdict verdict;
            try {
                verdict = verifyText(new String(damaged, StandardCharsets.ISO_8859_1), both());
            } catch (StoreFault e) {
                continue; // no commit any more
            }
            if (verdict instanceof Verdict.Good) {
                assertThat(at)
                        .as("seed %d, round %d", commit.hashCode(), i)
                        .isBetween(signature, end);
            }
        }
    }

    @Test
    void verify_garbageForASignature_isBad() throws Exception {
        for (String kind :
                List.of("PGP SIGNATURE", "SSH SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE", "X")) {
            String commit =
                    fixture("unsigned.commit")
                            .replaceFirst(
                                    "\n\n",
                                    "\ngpgsig -----BEGIN %s-----\n \n AAAA\n -----END %s-----\n\n"
                                            .formatted(kind, kind));
            assertThat(verifyText(commit, both())).as(kind).isInstanceOf(Verdict.Bad.class);
        }
    }

    @Test
    void verify_commitNotThere_isNoVerdict() {
        assertThatThrownBy(
                        () ->
                                verifier.verify(
                                        store.repository(),
                                        ObjectId.fromString("1".repeat(40)),
                                        both()))
                .isInstanceOf(StoreFault.class);
    }

    @Test
    void parse_linesThatCantBeUsed_areNamed() {
        AllowedSigners found =
                AllowedSigners.parse(
                        String.join(
                                "",
                                line("ada@example.com", "ssh-ada"),
                                "ssh-ed25519 AAAA\n",
                                line("bob@example.com", "ssh-ada").replace("ed25519", "dss"),
                                "eve@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n",
                                "joe@example.com sk-ssh-ed25519@openssh.com AAAA\n",
                                line("kim@example.com valid-before=tomorrow", "ssh-ada")));
        assertThat(found.lines()).hasSize(1);
        assertThat(found.faults())
                .hasSize(5)
                .satisfiesExactly(
                        it -> assertThat(it).startsWith("line 2 is not of the form"),
                        it -> assertThat(it).startsWith("line 3 has a key of type ssh-dss"),
                        it -> assertThat(it).startsWith("line 4 has a broken key"),
                        it -> assertThat(it).startsWith("line 5 has a key of a security key"),
                        it -> assertThat(it).startsWith("line 6 has a date"));
        assertThat(AllowedSigners.parse("# nobody\n").faults()).containsExactly("it names no key");
    }

    @Test
    void fault_ofKeyFiles_saysWhatIsWrong() {
        assertThat(GpgKeys.fault(fixture("gpg-rsa.asc"))).isNull();
        assertThat(GpgKeys.fault("")).contains("holds no key");
        assertThat(GpgKeys.fault(fixture("gpg-rsa.asc").replace("PUBLIC", "PRIVATE")))
                .contains("private key");
        assertThat(GpgKeys.fault(fixture("gpg-rsa.asc").replaceFirst("\n\n.{20}", "\n\nAAAA")))
                .contains("broken key");
    }
}
