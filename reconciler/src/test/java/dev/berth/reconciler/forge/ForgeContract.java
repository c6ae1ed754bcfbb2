package dev.berth.reconciler.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.forge.ForgeDouble.Fault;
import dev.berth.reconciler.forge.ForgeState.Pull;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every forge does, whatever API it speaks. */
abstract sealed class ForgeContract permits GitHubTest, GitLabTest, GiteaTest {
    static final String A = "a".repeat(40);
    static final String B = "b".repeat(40);
    private static final EnvValue.FromSecret TOKEN = new EnvValue.FromSecret("forge.token");

    final ShiftedClockwork clock = new ShiftedClockwork();
    final Vault vault = Vault.ofThisProcess(clock);
    ForgeDouble server;
    ForgeRepo repo;
    private Forges forges;

    ForgeContract(ForgeDouble.Kind kind) throws IOException {
        server = new ForgeDouble(kind);
        repo = new ForgeRepo(server.host(), "acme/shop");
        forges = new Forges(vault, clock, Duration.ofSeconds(10));
    }

    @BeforeEach
    void begin() throws Exception {
        hold(Map.of("token", ForgeDouble.TOKEN));
        server.state().open("acme/shop", Pull.of(3, A));
        server.state().role("ada", "write");
        server.state().role("eve", "read");
    }

    @AfterEach
    void end() throws Exception {
        forges.close();
        server.close();
        VendorSchemas vendor = new VendorSchemas(server.kind());
        assertThat(server.said().stream().distinct().flatMap(s -> vendor.objections(s).stream()))
                .isEmpty();
    }

    final void hold(Map<String, String> secrets) throws Exception {
        TreeMap<SecretRef, Secret> values = new TreeMap<>();
        secrets.forEach((k, v) -> values.put(new SecretRef("forge", k), Secret.of(v)));
        vault.hold(values);
    }

    /** The forge as an Instance with a token has it. */
    final Forge forge() {
        return forge(forges, TOKEN, null);
    }

    /** One that waits this long only. */
    final Forge impatient(Duration within) {
        forges.close();
        forges = new Forges(vault, clock, within);
        return forge();
    }

    final Forge forge(EnvValue.@Nullable FromSecret token, Instance.@Nullable GitHubApp app) {
        return forge(forges, token, app);
    }

    private Forge forge(
            Forges from, EnvValue.@Nullable FromSecret token, Instance.@Nullable GitHubApp app) {
        Instance.ForgeType type = Instance.ForgeType.valueOf(server.kind().name());
        from.follow(
                ForgesTest.settings(
                        new Instance.Forge(server.host(), type, server.api(), token, app, null)));
        return Objects.requireNonNull(from.of(repo));
    }

    private List<PullRequest> open(Forge forge) throws ForgeException {
        return ((Pulls.Listed) forge.open(repo, null)).pulls();
    }

    final void fails(ForgeException.Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ForgeException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageNotContaining(ForgeDouble.TOKEN);
    }

    private void many(int count) {
        IntStream.rangeClosed(1, count)
                .forEach(n -> server.state().open("acme/shop", Pull.of(n, A)));
    }

    @Test
    void open_one_isToldWithAllOfIt() throws Exception {
        server.state().open("acme/shop", Pull.of(4, B).asDraft());
        server.state().label("acme/shop", 4, "preview", "ada", true);
        server.state().set("acme/shop", 3, ForgeState.State.CLOSED);

        PullRequest pull = open(forge()).getFirst();

        assertThat(pull)
                .isEqualTo(
                        new PullRequest(
                                4,
                                "Change 4",
                                "https://forge.example/4",
                                "ada",
                                B,
                                "change-4",
                                "main",
                                true,
                                false,
                                new TreeSet<>(List.of("preview")),
                                pull.updatedAt()));
        assertThat(open(forge())).hasSize(1);
    }

    @Test
    void open_noneIsOpen_isAnEmptyList() throws Exception {
        server.state().set("acme/shop", 3, ForgeState.State.MERGED);

        assertThat(open(forge())).isEmpty();
    }

    @Test
    void open_fromAnotherRepoOrOneThatIsGone_isAFork() throws Exception {
        server.state().open("acme/shop", Pull.of(4, B).from(99L));
        server.state().open("acme/shop", Pull.of(5, B).from(null));

        assertThat(open(forge())).extracting(PullRequest::fork).containsExactly(false, true, true);
    }

    @Test
    void open_severalPages_areAllTold() throws Exception {
        many(120);

        assertThat(open(forge()))
                .extracting(PullRequest::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 120).boxed().toList());
    }

    @Test
    void open_aFullLastPage_isTheEnd() throws Exception {
        many(100);

        assertThat(open(forge())).hasSize(100);
    }

    @Test
    void open_changesBetweenPages_isReadAnew() throws Exception {
        many(110);
        server.beforePage(2, () -> server.state().set("acme/shop", 1, ForgeState.State.CLOSED));

        assertThat(open(forge())).hasSize(109).extracting(PullRequest::number).contains(101);
    }

    @Test
    void open_aLaterPageFails_isNoList() {
        many(110);
        server.fail(Fault.SERVER_ERROR, asked -> asked.isPage(2));

        fails(ForgeException.Kind.UNREACHABLE, () -> forge().open(repo, null));
    }

    @Test
    void open_aLaterPageIsCut_isNoList() {
        many(110);
        server.fail(Fault.TRUNCATED, asked -> asked.isPage(2));

        fails(ForgeException.Kind.UNREADABLE, () -> forge().open(repo, null));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NONE", "SILENT", "HANGS", "HUGE", "OTHER_NUMBER"},
            mode = EnumSource.Mode.EXCLUDE)
    void anything_atAForgeThatFails_isUnknown(Fault fault) {
        Forge forge = forge();
        server.state().label("acme/shop", 3, "preview", "ada", true);
        server.fail(fault);

        ForgeException.Kind kind =
                switch (fault) {
                    case HTML, TRUNCATED, OTHER_JSON, OTHER_NUMBER, ROUND, NONE ->
                            ForgeException.Kind.UNREADABLE;
                    case SERVER_ERROR, BAD_GATEWAY_HTML, SILENT, HANGS, HUGE ->
                            ForgeException.Kind.UNREACHABLE;
                    case UNAUTHORIZED, FORBIDDEN, ELSEWHERE, ECHO -> ForgeException.Kind.REFUSED;
                    case NOT_FOUND -> ForgeException.Kind.NOT_FOUND;
                    case TOO_MANY, USED_UP, SECONDARY, AWAY -> ForgeException.Kind.LIMITED;
                };
        fails(kind, () -> forge.open(repo, null));
        fails(kind, () -> forge.state(repo, 3));
        fails(kind, () -> forge.labeled(repo, 3, "preview"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"SILENT", "HANGS"})
    void open_noAnswer_endsInTime(Fault fault) {
        server.fail(fault);

        fails(
                ForgeException.Kind.UNREACHABLE,
                () -> impatient(Duration.ofMillis(50)).open(repo, null));
    }

    @Test
    void open_tooMany_saysHowLongAndAsksNothingUntilThen() throws Exception {
        Forge forge = forge();
        server.fail(Fault.TOO_MANY);
        assertThatThrownBy(() -> forge.open(repo, null))
                .isInstanceOfSatisfying(
                        ForgeException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(17)));
        server.fail(Fault.NONE);

        fails(ForgeException.Kind.LIMITED, () -> forge.state(repo, 3));
        assertThat(server.asked()).hasSize(1);

        clock.pass(Duration.ofSeconds(18));
        assertThat(open(forge)).hasSize(1);
    }

    @Test
    void open_limitIsUsedUp_waitsUntilItIsReset() {
        Forge forge = forge();
        server.fail(Fault.USED_UP);

        assertThatThrownBy(() -> forge.open(repo, null))
                .isInstanceOfSatisfying(
                        ForgeException.class,
                        e ->
                                assertThat(e.retryAfter())
                                        .isBetween(
                                                Duration.ofSeconds(110), Duration.ofSeconds(130)));
    }

    @Test
    void open_wasTheLastForNow_asksNothingUntilItIsReset() throws Exception {
        Forge forge = forge();
        long reset = clock.instant().getEpochSecond() + 60;
        server.say(Map.of("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", Long.toString(reset)));
        assertThat(open(forge)).hasSize(1);

        fails(ForgeException.Kind.LIMITED, () -> forge.state(repo, 3));
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void anything_renamedRepo_isFollowed() throws Exception {
        Forge forge = forge();
        server.state().rename("acme/shop", "acme/store");

        assertThat(open(forge)).hasSize(1);
        forge.comment(repo, 3, "plan", "text");
        assertThat(server.state().comments("acme/store", 3)).hasSize(1);
    }

    @Test
    void open_anotherServer_getsNoToken() throws Exception {
        try (ForgeDouble other = new ForgeDouble(server.kind())) {
            server.fail(Fault.ELSEWHERE);

            assertThatThrownBy(() -> forge().open(repo, null))
                    .hasMessageContaining("another server");
            assertThat(other.asked()).isEmpty();
        }
    }

    @Test
    void open_noToken_saysWhereItGoes() throws Exception {
        hold(Map.of());

        assertThatThrownBy(() -> forge().open(repo, null))
                .hasMessageContaining("put one into the Secret forge.token");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void state_openClosedMerged_isWhatTheForgeSays() throws Exception {
        Forge forge = forge();
        assertThat(forge.state(repo, 3))
                .isInstanceOfSatisfying(
                        PullState.Open.class,
                        open -> assertThat(open.pull().headCommit()).isEqualTo(A));

        server.state().set("acme/shop", 3, ForgeState.State.CLOSED);
        assertThat(forge.state(repo, 3)).isEqualTo(new PullState.Closed(false));

        server.state().set("acme/shop", 3, ForgeState.State.MERGED);
        assertThat(forge.state(repo, 3)).isEqualTo(new PullState.Closed(true));
    }

    @Test
    void state_ofAnotherNumber_provesNothing() {
        server.state().set("acme/shop", 3, ForgeState.State.CLOSED);
        server.fail(Fault.OTHER_NUMBER);

        fails(ForgeException.Kind.UNREADABLE, () -> forge().state(repo, 3));
    }

    @Test
    void state_pageForPeople_saysWhatCame() {
        server.fail(Fault.HTML);

        assertThatThrownBy(() -> forge().state(repo, 3))
                .hasMessageContaining("answered 200 with no JSON but text/html")
                .hasMessageContaining("set api of the forge");
    }

    @Test
    void state_notFound_provesNothing() {
        server.state().hide("acme/shop", 3);

        fails(ForgeException.Kind.NOT_FOUND, () -> forge().state(repo, 3));
    }

    @Test
    void labeled_byOneWhoMayWrite_saysSo() throws Exception {
        server.state().label("acme/shop", 3, "preview", "eve", true);
        server.state().label("acme/shop", 3, "preview", "eve", false);
        server.state().label("acme/shop", 3, "preview", "ada", true);
        server.state().label("acme/shop", 3, "other", "eve", true);

        Labeled labeled = forge().labeled(repo, 3, "preview");

        assertThat(labeled.by()).isEqualTo("ada");
        assertThat(labeled.mayWrite()).isTrue();
        assertThat(labeled.at()).isNotNull();
    }

    @Test
    void labeled_byOneWhoMayOnlyRead_mayNotWrite() throws Exception {
        server.state().label("acme/shop", 3, "preview", "ada", true);
        server.state().label("acme/shop", 3, "preview", "eve", true);

        assertThat(forge().labeled(repo, 3, "preview"))
                .extracting(Labeled::by, Labeled::mayWrite)
                .containsExactly("eve", false);
    }

    @Test
    void labeled_headWasPutElsewhereSince_letsNothingIn() throws Exception {
        server.state().forcePush("acme/shop", 3, B);
        server.state().label("acme/shop", 3, "preview", "ada", true);
        Labeled labeled = forge().labeled(repo, 3, "preview");
        assertThat(labeled.mayWrite()).as("pushed before").isTrue();

        server.state().forcePush("acme/shop", 3, A);

        assertThat(forge().labeled(repo, 3, "preview"))
                .as("who gave it may have seen another commit")
                .isEqualTo(new Labeled("ada", false, labeled.at()));
        server.state().label("acme/shop", 3, "preview", "ada", false);
        server.state().label("acme/shop", 3, "preview", "ada", true);
        assertThat(forge().labeled(repo, 3, "preview").mayWrite()).as("given anew").isTrue();
    }

    @Test
    void labeled_takenAwayOrNever_isByNobody() throws Exception {
        Forge forge = forge();
        assertThat(forge.labeled(repo, 3, "preview")).isEqualTo(Labeled.BY_NOBODY);

        server.state().label("acme/shop", 3, "preview", "ada", true);
        server.state().label("acme/shop", 3, "preview", "eve", false);

        assertThat(forge.labeled(repo, 3, "preview")).isEqualTo(Labeled.BY_NOBODY);
    }

    @Test
    void labeled_afterManyEvents_findsTheNewest() throws Exception {
        for (int i = 0; i < 102; i++) {
            server.state().label("acme/shop", 3, "other", "eve", i % 2 == 0);
        }
        server.state().label("acme/shop", 3, "preview", "ada", true);

        assertThat(forge().labeled(repo, 3, "preview").by()).isEqualTo("ada");
    }

    @Test
    void status_eachState_isTaken() throws Exception {
        Forge forge = forge();
        for (CommitStatus.State state : CommitStatus.State.values()) {
            forge.status(
                    repo, A, new CommitStatus("berth/plan", state, "x".repeat(300), "https://b/1"));
        }

        assertThat(server.state().statuses())
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(
                        s -> {
                            assertThat(s.context()).isEqualTo("berth/plan");
                            assertThat(s.description()).hasSize(140);
                            assertThat(s.url()).isEqualTo("https://b/1");
                        });
    }

    @Test
    void status_saidTwice_isWell() throws Exception {
        Forge forge = forge();
        CommitStatus status =
                new CommitStatus("berth/plan", CommitStatus.State.PENDING, "planning", null);
        forge.status(repo, A, status);
        forge.status(repo, A, status);

        assertThat(server.state().statuses()).isNotEmpty();
    }

    @Test
    void comment_thrice_isOneThatSaysTheLast() throws Exception {
        Forge forge = forge();
        forge.comment(repo, 3, "prod/plan", "one");
        forge.comment(repo, 3, "prod/plan", "two");
        forge.comment(repo, 3, "prod/preview/shop", "another");
        int before = writes();
        forge.comment(repo, 3, "prod/plan", "two\n");

        assertThat(server.state().comments("acme/shop", 3))
                .extracting(ForgeState.Comment::body)
                .containsExactly(
                        "<!-- berth:prod/plan -->\ntwo",
                        "<!-- berth:prod/preview/shop -->\nanother");
        assertThat(writes()).isEqualTo(before);
    }

    @Test
    void comment_aStrangersMarker_isNotOurs() throws Exception {
        server.state().comment("acme/shop", 3, "eve", "<!-- berth:plan -->\nmine");

        forge().comment(repo, 3, "plan", "ours");

        assertThat(server.state().comments("acme/shop", 3))
                .extracting(ForgeState.Comment::body)
                .containsExactly("<!-- berth:plan -->\nmine", "<!-- berth:plan -->\nours");
    }

    @Test
    void comment_onALaterPage_isFound() throws Exception {
        for (int i = 0; i < 102; i++) {
            server.state().comment("acme/shop", 3, "eve", "talk " + i);
        }
        Forge forge = forge();
        forge.comment(repo, 3, "plan", "one");
        forge.comment(repo, 3, "plan", "two");

        assertThat(server.state().comments("acme/shop", 3)).hasSize(103);
    }

    @Test
    void comment_listFails_writesNone() {
        server.fail(Fault.SERVER_ERROR, asked -> asked.method().equals("GET"));

        fails(ForgeException.Kind.UNREACHABLE, () -> forge().comment(repo, 3, "plan", "x"));
        assertThat(server.state().comments("acme/shop", 3)).isEmpty();
    }

    @Test
    void comment_tooLong_isCutAtALine() throws Exception {
        forge().comment(repo, 3, "plan", "```\n" + "a line of a plan\n".repeat(5000) + "```");

        assertThat(server.state().comments("acme/shop", 3).getFirst().body())
                .hasSizeLessThan(61_000)
                .endsWith("a line of a plan\n```\n\n_This is not all: it was too long._");
    }

    private int writes() {
        return (int) server.asked().stream().filter(a -> !a.method().equals("GET")).count();
    }

    @Test
    void pullRef_isWhereGitFindsIt() {
        assertThat(forge().pullRef(7)).matches("refs/(pull|merge-requests)/7/head");
    }

    /** As a request has it. */
    static <T> T read(ForgeDouble.Asked asked, Class<T> type) {
        return Json.read(asked.body(), type);
    }
}
