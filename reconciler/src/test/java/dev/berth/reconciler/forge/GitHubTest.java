package dev.berth.reconciler.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@link GitHub}, with a token and as an app. */
final class GitHubTest extends ForgeContract {
    private static final Instance.GitHubApp APP =
            new Instance.GitHubApp("1234", new EnvValue.FromSecret("forge.key"));
    private static final Map<String, String> ALL =
            Map.of(
                    "metadata",
                    "read",
                    "pull_requests",
                    "write",
                    "statuses",
                    "write",
                    "checks",
                    "write");
    private static final CommitStatus STATUS =
            new CommitStatus("berth/plan", CommitStatus.State.SUCCESS, "no changes", null);

    private record Wish(List<String> repositories, Map<String, String> permissions) {}

    GitHubTest() throws IOException {
        super(ForgeDouble.Kind.GITHUB);
    }

    private static final KeyPair KEYS = keys();

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(
                        kind,
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
                        kind);
    }

    /** As GitHub gives it: what PKCS#8 wraps begins after its 26 bytes of head, for such a key. */
    private static String pkcs1() {
        byte[] der = KEYS.getPrivate().getEncoded();
        return pem("RSA PRIVATE KEY", Arrays.copyOfRange(der, 26, der.length));
    }

    private Forge app(Map<String, String> permissions, String key) throws Exception {
        server.state().app("1234", KEYS.getPublic(), permissions);
        hold(Map.of("key", key));
        return forge(null, APP);
    }

    private long asked(String path) {
        return server.asked().stream().filter(a -> a.path().matches(path)).count();
    }

    @Test
    void open_nothingChanged_isUnchanged() throws Exception {
        Forge forge = forge();
        Mark mark = ((Pulls.Listed) forge.open(repo, null)).mark();

        assertThat(mark).isNotNull();
        assertThat(forge.open(repo, mark)).isEqualTo(new Pulls.Unchanged());

        server.state().push("acme/shop", 3, B);
        assertThat(forge.open(repo, mark)).isInstanceOf(Pulls.Listed.class);
    }

    @Test
    void open_severalPages_hasNoMark() throws Exception {
        IntStream.rangeClosed(1, 150)
                .forEach(n -> server.state().open("acme/shop", ForgeState.Pull.of(n, A)));

        assertThat(((Pulls.Listed) forge().open(repo, null)).mark()).isNull();
    }

    @Test
    void app_keyAsGitHubGivesIt_getsATokenForOneRepoThatMayLittle() throws Exception {
        Forge forge = app(ALL, pkcs1());
        forge.status(repo, A, STATUS);
        forge.status(repo, B, STATUS);

        ForgeDouble.Asked token =
                server.asked().stream()
                        .filter(a -> a.path().endsWith("access_tokens"))
                        .findFirst()
                        .orElseThrow();
        assertThat(read(token, Wish.class)).isEqualTo(new Wish(List.of("shop"), ALL));
        assertThat(asked(".*/access_tokens")).isEqualTo(1);
        assertThat(server.state().statuses()).hasSize(2);
    }

    @Test
    void app_keyInPkcs8_works() throws Exception {
        app(ALL, pem("PRIVATE KEY", KEYS.getPrivate().getEncoded())).status(repo, A, STATUS);

        assertThat(server.state().statuses()).hasSize(1);
    }

    @Test
    void app_tokenNearItsEnd_getsAnother() throws Exception {
        Forge forge = app(ALL, pkcs1());
        forge.status(repo, A, STATUS);
        clock.pass(Duration.ofMinutes(54));
        forge.status(repo, A, STATUS);
        assertThat(asked(".*/access_tokens")).isEqualTo(1);

        // Both clocks of this process are an hour ahead of the forge's by now: it takes no such
        // JWT.
        clock.pass(Duration.ofMinutes(2));
        clock.set(Duration.ofMinutes(-56));
        forge.status(repo, A, STATUS);
        assertThat(asked(".*/access_tokens")).isEqualTo(2);
    }

    @Test
    void app_tokenTakenBack_getsAnother() throws Exception {
        Forge forge = app(ALL, pkcs1());
        forge.status(repo, A, STATUS);
        server.state().revoke();
        forge.status(repo, B, STATUS);

        assertThat(server.state().statuses()).hasSize(2);
    }

    @Test
    void app_givenLess_asksForNoMore() throws Exception {
        Forge forge = app(Map.of("metadata", "read", "statuses", "write"), pkcs1());
        forge.status(repo, A, STATUS);
        forge.check(repo, A, new Check("berth/plan", false, "1 problem", "x", List.of()));

        assertThat(server.state().statuses()).hasSize(1);
        assertThat(server.state().checks()).isEmpty();
    }

    @Test
    void app_itsOwnComment_isFound() throws Exception {
        Forge forge = app(ALL, pkcs1());
        forge.comment(repo, 3, "plan", "one");
        forge.comment(repo, 3, "plan", "two");

        assertThat(server.state().comments("acme/shop", 3))
                .extracting(ForgeState.Comment::author)
                .containsExactly("berth-app[bot]");
    }

    @Test
    void app_keyIsNone_saysWhereItGoes() throws Exception {
        Forge forge = app(ALL, "planted-key-91c0");

        assertThatThrownBy(() -> forge.status(repo, A, STATUS))
                .hasMessageContaining("put the PEM that GitHub gave into the Secret forge.key")
                .hasMessageNotContaining("planted-key-91c0");
    }

    @Test
    void check_asApp_hasAllLinesFiftyAtATime() throws Exception {
        List<Check.Annotation> lines =
                IntStream.rangeClosed(1, 120)
                        .mapToObj(
                                n ->
                                        new Check.Annotation(
                                                "apps/api.yaml", n, Check.Level.FAILURE, "no " + n))
                        .toList();
        app(ALL, pkcs1())
                .check(repo, A, new Check("berth/plan", false, "120 problems", "Look.", lines));

        assertThat(server.state().checks())
                .singleElement()
                .satisfies(
                        check -> {
                            assertThat(check.lines()).isEqualTo(120);
                            assertThat(check.conclusion()).isEqualTo("failure");
                        });
    }

    @Test
    void check_withAToken_isNotSaid() throws Exception {
        forge().check(repo, A, new Check("berth/plan", true, "well", "x", List.of()));

        assertThat(server.asked()).isEmpty();
    }

    @Test
    void open_noPathOfARepo_saysSo() {
        assertThatThrownBy(() -> forge().open(new ForgeRepo(server.host(), "acme/a/b"), null))
                .hasMessageContaining("name it as");
    }

    @Test
    void open_moreThanAnyListHas_isNotRead() {
        server.fail(ForgeDouble.Fault.HUGE);

        fails(ForgeException.Kind.UNREACHABLE, () -> forge().open(repo, null));
    }

    @Test
    void open_withoutEnd_isNoList() {
        server.say(Map.of("Link", "<x>; rel=\"next\""));

        fails(ForgeException.Kind.UNREADABLE, () -> forge().open(repo, null));
    }

    @Test
    void labeled_byABot_mayNotWrite() throws Exception {
        server.state().role("renovate[bot]", "write");
        server.state().label("acme/shop", 3, "preview", "renovate[bot]", true);

        assertThat(forge().labeled(repo, 3, "preview").mayWrite()).isFalse();
    }

    @Test
    void labeled_byOneOfWhomThereIsNoPermission_mayNotWrite() throws Exception {
        server.state().label("acme/shop", 3, "preview", "ghost", true);

        assertThat(forge().labeled(repo, 3, "preview"))
                .extracting(Labeled::by, Labeled::mayWrite)
                .containsExactly("ghost", false);
    }
}
