package dev.berth.reconciler.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownOf;
import dev.berth.reconciler.forge.CommitStatus;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Post;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.status.StatusOf;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SayingsTest {
    private static final String URL = "https://forge.example.com/acme/shop.git";
    private static final ForgeRepo REPO = new ForgeRepo("forge.example.com", "acme/shop");
    private static final ForgeRepo CONFIG = new ForgeRepo("forge.example.com", "acme/config");
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final ResourceId INSTANCE = new ResourceId(Kind.Instance, "home");
    private static final String NEW = "b".repeat(40);
    private static final String OLD = "a".repeat(40);
    private static final Sayings SAYINGS =
            new Sayings("home", CONFIG, new Links("https://berth.example.com"));

    /** One of the newest commit. */
    private static PreviewStatus preview(State state, @Nullable String serves, String message) {
        boolean there = state != State.Queued && state != State.None;
        return preview(state, there ? NEW : null, serves, message);
    }

    private static PreviewStatus preview(
            State state, @Nullable String wanted, @Nullable String serves, String message) {
        return new PreviewStatus(
                ResourceId.app("shop"),
                PreviewId.ofPull("shop", 12).id(),
                12,
                "topic",
                URL,
                "A title `with` @everybody",
                URL + "/pull/12",
                "ada",
                NEW,
                wanted,
                serves,
                state,
                null,
                message.isEmpty() ? null : message,
                state == State.Serving ? "http://pr-12-shop.example.com" : null,
                NOW,
                serves == null ? null : NOW.plus(Duration.ofDays(3)));
    }

    private static PassReport pass(
            List<PreviewStatus> previews, List<ResourceStatus> resources, String... problems) {
        return new PassReport(
                "1",
                "test",
                "main@sha1:" + NEW,
                null,
                NOW,
                Duration.ZERO,
                "",
                List.of(),
                List.of(problems),
                resources,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                previews,
                null);
    }

    private static CommitStatus ofPreview(PreviewStatus preview) {
        return ((Post.Status)
                        SAYINGS.ofPreviews(pass(List.of(preview), List.of()))
                                .firstEntry()
                                .getValue())
                .status();
    }

    @Test
    void ofPreviews_serves_isSuccessOfThatCommitAlone() {
        assertThat(ofPreview(preview(State.Serving, NEW, "")))
                .isEqualTo(
                        new CommitStatus(
                                "berth/preview/shop",
                                CommitStatus.State.SUCCESS,
                                "serves http://pr-12-shop.example.com",
                                "http://pr-12-shop.example.com"));
        assertThat(ofPreview(preview(State.Serving, OLD, OLD, "commit " + OLD)).state())
                .as("an older commit serves")
                .isEqualTo(CommitStatus.State.PENDING);
    }

    @Test
    void ofPreviews_failedOrQueued_saysWhy() {
        CommitStatus failed = ofPreview(preview(State.Failed, NEW, "npm ci failed\nline\nline"));

        assertThat(failed.state()).isEqualTo(CommitStatus.State.FAILURE);
        assertThat(failed.description()).isEqualTo("npm ci failed");
        assertThat(ofPreview(preview(State.Queued, null, "next")).description())
                .isEqualTo("queued: next");
    }

    @Test
    void ofPreviews_none_saysNothing() {
        assertThat(
                        SAYINGS.ofPreviews(
                                pass(List.of(preview(State.None, null, "a draft")), List.of())))
                .isEmpty();
    }

    @Test
    void ofPreviews_noneAnyMore_takesBackWhatWasSaid() {
        String key =
                SAYINGS.ofPreviews(pass(List.of(preview(State.Serving, NEW, "")), List.of()))
                        .firstEntry()
                        .getKey();
        PassReport none = pass(List.of(preview(State.None, null, "a draft")), List.of());

        assertThat(SAYINGS.ofPreviews(none, key::equals).values())
                .singleElement()
                .isInstanceOfSatisfying(
                        Post.Status.class,
                        post -> {
                            assertThat(post.commit()).isEqualTo(NEW);
                            assertThat(post.status().state()).isEqualTo(CommitStatus.State.PENDING);
                            assertThat(post.status().description())
                                    .isEqualTo("no preview: a draft");
                        });
        assertThat(SAYINGS.ofPreviews(none, key::equals)).containsOnlyKeys(key);
    }

    private static <T> T of(Map<String, T> said, String key) {
        return Objects.requireNonNull(said.get(key), key);
    }

    /** By commit. */
    private static Map<String, CommitStatus> statuses(PreviewStatus preview) {
        Map<String, CommitStatus> said = new TreeMap<>();
        for (Post post : SAYINGS.ofPreviews(pass(List.of(preview), List.of())).values()) {
            Post.Status status = (Post.Status) post;
            assertThat(said).doesNotContainKey(status.commit());
            said.put(status.commit(), status.status());
        }
        return said;
    }

    @Test
    void ofPreviews_olderCommitThatWasLetInFailed_isFailureOfThatOneAlone() {
        Map<String, CommitStatus> said = statuses(preview(State.Failed, OLD, OLD, "npm ci failed"));

        assertThat(of(said, OLD).state()).isEqualTo(CommitStatus.State.FAILURE);
        assertThat(of(said, OLD).description()).isEqualTo("npm ci failed");
        assertThat(of(said, NEW).state()).isEqualTo(CommitStatus.State.PENDING);
        assertThat(of(said, NEW).description())
                .isEqualTo("not built; what failed is commit aaaaaaaaaaaa");
    }

    @Test
    void ofPreviews_olderCommitThatWasLetInFailedBeforeThereWasAny_isFailureOfThatOneAlone() {
        Map<String, CommitStatus> said =
                statuses(preview(State.Failed, OLD, null, "nothing to build"));

        assertThat(of(said, OLD).state()).isEqualTo(CommitStatus.State.FAILURE);
        assertThat(of(said, NEW).state()).isEqualTo(CommitStatus.State.PENDING);
    }

    @Test
    void ofPreviews_newestCantBeBuiltWhileAnOlderServes_isFailureOfTheNewestAlone() {
        Map<String, CommitStatus> said = statuses(preview(State.Failed, NEW, OLD, "npm ci failed"));

        assertThat(said).containsOnlyKeys(NEW);
        assertThat(of(said, NEW).state()).isEqualTo(CommitStatus.State.FAILURE);
        assertThat(of(said, NEW).description()).isEqualTo("npm ci failed");
    }

    @Test
    void ofPreviews_newestCantBeReadWhileAnOlderServes_isPendingAndSaysWhy() {
        Map<String, CommitStatus> said =
                statuses(preview(State.Deploying, NEW, OLD, "its code can't be read: 500"));

        assertThat(said).containsOnlyKeys(NEW);
        assertThat(of(said, NEW).state()).isEqualTo(CommitStatus.State.PENDING);
        assertThat(of(said, NEW).description()).isEqualTo("its code can't be read: 500");
    }

    @Test
    void ofPreviews_olderCommitThatWasLetInIsOnItsWay_isPendingForBoth() {
        Map<String, CommitStatus> said =
                statuses(preview(State.Deploying, OLD, OLD, "commit a, which was let in"));

        assertThat(of(said, OLD).state()).isEqualTo(CommitStatus.State.PENDING);
        assertThat(of(said, OLD).description()).isEqualTo("on its way");
        assertThat(of(said, NEW).state()).isEqualTo(CommitStatus.State.PENDING);
        assertThat(of(said, NEW).description())
                .isEqualTo("not built; what is on its way is commit aaaaaaaaaaaa");
    }

    @Test
    void ofPreviews_anyState_isSuccessOfNothingButTheCommitThatServes() {
        for (State state : State.values()) {
            for (String wanted : List.of(NEW, OLD)) {
                for (String serves : List.of(NEW, OLD)) {
                    statuses(preview(state, wanted, serves, ""))
                            .forEach(
                                    (commit, said) ->
                                            assertThat(said.state() == CommitStatus.State.SUCCESS)
                                                    .as("%s of %s", state, commit)
                                                    .isEqualTo(
                                                            state == State.Serving
                                                                    && commit.equals(wanted)
                                                                    && commit.equals(serves)));
                }
            }
        }
    }

    private static @Nullable Post abandoned(
            PreviewStatus before, PassReport pass, DesiredState.Known known) {
        Map.Entry<String, Post> said =
                SAYINGS.ofPreviews(pass(List.of(before), List.of())).firstEntry();
        Post.Status status = Objects.requireNonNull(said.getValue().pending());
        return SAYINGS.abandoned(said.getKey(), status, pass, known);
    }

    @Test
    void abandoned_closedOrPushedTo_endsWithoutSuccess() {
        DesiredState.Known known = followed(Set.of(), Map.of(), null);
        PreviewStatus before = preview(State.Deploying, null, "");

        assertThat(abandoned(before, pass(List.of(), List.of()), known))
                .isInstanceOfSatisfying(
                        Post.Status.class,
                        post -> {
                            assertThat(post.commit()).isEqualTo(NEW);
                            assertThat(post.status().context()).isEqualTo("berth/preview/shop");
                            assertThat(post.status().state()).isEqualTo(CommitStatus.State.ERROR);
                            assertThat(post.status().description())
                                    .startsWith("no preview any more");
                        });
        PreviewStatus later = at("c".repeat(40));
        assertThat(abandoned(before, pass(List.of(later), List.of()), known))
                .isInstanceOfSatisfying(
                        Post.Status.class,
                        post ->
                                assertThat(post.status().description())
                                        .isEqualTo(
                                                "no preview: a newer commit has taken its place"));
    }

    private static PreviewStatus at(String commit) {
        PreviewStatus like = preview(State.Queued, null, "next");
        return new PreviewStatus(
                like.app(),
                like.preview(),
                like.number(),
                like.branch(),
                like.repo(),
                like.title(),
                like.page(),
                like.author(),
                commit,
                null,
                null,
                like.state(),
                null,
                like.message(),
                null,
                NOW,
                null);
    }

    @Test
    void abandoned_mayGoOn_stays() {
        PreviewStatus before = preview(State.Deploying, null, "");
        DesiredState.Known known = followed(Set.of(), Map.of(), null);
        PassReport nothing = pass(List.of(), List.of());
        Set<ResourceId> shop = Set.of(ResourceId.app("shop"));

        assertThat(abandoned(before, pass(List.of(before), List.of()), known)).isNull();
        assertThat(abandoned(before, nothing, followed(shop, Map.of(), null))).isNull();
        assertThat(abandoned(before, nothing, followed(Set.of(), blurred("shop"), null))).isNull();
        assertThat(abandoned(before, nothing, followed(Set.of(), Map.of(), "a file"))).isNull();
        PassReport lives =
                pass(List.of(), List.of(app("shop.pr-12", Condition.Status.True, false)));
        assertThat(abandoned(before, lives, known)).isNull();
        PassReport another =
                pass(List.of(), List.of(app("till.pr-12", Condition.Status.True, false)));
        assertThat(abandoned(before, another, known)).as("of another app").isNotNull();
    }

    @Test
    void abandoned_statusOfSomethingElse_stays() {
        Post.Status plan =
                new Post.Status(
                        CONFIG,
                        NEW,
                        new CommitStatus("berth/plan", CommitStatus.State.PENDING, "x", null));

        assertThat(
                        SAYINGS.abandoned(
                                CONFIG + "@" + NEW + " berth/plan",
                                plan,
                                pass(List.of(), List.of()),
                                followed(Set.of(), Map.of(), null)))
                .isNull();
    }

    @Test
    void ofPreviews_olderCommitServes_isSuccessOfThatOne() {
        PassReport pass =
                pass(
                        List.of(preview(State.Serving, OLD, OLD, "nobody let the new one in")),
                        List.of());

        assertThat(SAYINGS.ofPreviews(pass).sequencedValues().getLast())
                .isInstanceOfSatisfying(
                        Post.Status.class,
                        post -> {
                            assertThat(post.commit()).isEqualTo(OLD);
                            assertThat(post.status().state()).isEqualTo(CommitStatus.State.SUCCESS);
                            assertThat(post.status().description())
                                    .isEqualTo("serves http://pr-12-shop.example.com");
                        });
    }

    @Test
    void comment_buildGoesOn_isTheSameAtEachLook() {
        PassReport pass = pass(List.of(preview(State.Deploying, NEW, "")), List.of());
        Sayings.Pull pull = new Sayings.Pull(REPO, 12);
        List<Build> builds = List.of(build(Phase.Pushing, null));

        assertThat(SAYINGS.comment(pull, pass.previews(), builds, NOW.plusSeconds(100)))
                .isEqualTo(SAYINGS.comment(pull, pass.previews(), builds, NOW.plusSeconds(200)));
    }

    @Test
    void comment_pagesOfThisMachineOnly_areNotLinked() {
        Sayings sayings = new Sayings("home", CONFIG, Links.of(null, 9080));
        PassReport pass = pass(List.of(preview(State.Serving, NEW, "")), List.of());

        Post post =
                sayings.comment(
                        new Sayings.Pull(REPO, 12),
                        pass.previews(),
                        List.of(build(Phase.Serving, null)),
                        NOW);

        assertThat(((Post.Comment) post).markdown())
                .contains("| serving, 41 s |")
                .doesNotContain("127.0.0.1");
        assertThat(((Post.Status) sayings.ofConfig(pass).firstEntry().getValue()).status().url())
                .isNull();
    }

    private static String comment(PreviewStatus preview, Build... builds) {
        PassReport pass = pass(List.of(preview), List.of());
        Map<Sayings.Pull, List<PreviewStatus>> pulls = Sayings.pulls(pass);
        assertThat(pulls).containsOnlyKeys(new Sayings.Pull(REPO, 12));
        Post post =
                SAYINGS.comment(
                        new Sayings.Pull(REPO, 12),
                        pulls.values().iterator().next(),
                        List.of(builds),
                        NOW);
        return ((Post.Comment) post).markdown();
    }

    private static Build build(Phase last, @Nullable String message) {
        ResourceId app = PreviewId.ofPull("shop", 12).id();
        return new Build(
                        "shop.pr-12-1",
                        app,
                        "berth/shop.pr-12:1",
                        URL,
                        NEW,
                        1,
                        List.of(new Build.Step(Phase.Building, NOW, 1, null, null)))
                .with(
                        new Build.Step(
                                last,
                                NOW.plusSeconds(41),
                                1,
                                last == Phase.Failed ? ReasonCode.BuildFailed : null,
                                message));
    }

    @Test
    void comment_serves_hasUrlCommitLogAndTime() {
        assertThat(comment(preview(State.Serving, NEW, ""), build(Phase.Serving, null)))
                .isEqualTo(
                        """
                        #### Preview

                        | App | State | Commit | Build |
                        |---|---|---|---|
                        | shop | serves at http://pr-12-shop.example.com | `bbbbbbbbbbbb` | [serving, 41 s](https://berth.example.com/builds/shop.pr-12-1) |

                        It stays until 2026-11-25 10:00 UTC, unless something is pushed.
                        """);
    }

    @Test
    void comment_failed_namesTheStepAndKeepsTheLastLinesAsCode() {
        StringBuilder said = new StringBuilder("the lock file is out of date\n");
        for (int i = 0; i < 100; i++) {
            said.append("line ").append(i).append('\n');
        }
        said.append("``` @everybody <b>");

        String text =
                comment(preview(State.Failed, NEW, said.toString()), build(Phase.Failed, "x"));

        assertThat(text)
                .contains("**failed**", "[failed in building, 41 s]")
                .contains("\n````text\nthe lock file is out of date\n…\nline 72\n")
                .contains("``` @everybody <b>\n````\n")
                .doesNotContain("line 50\n");
    }

    private static ResourceStatus app(String name, Condition.Status ready, boolean stalled) {
        Condition one =
                new Condition(ConditionType.Ready, ready, ReasonCode.Succeeded, "", "g1", NOW);
        Condition other =
                new Condition(
                        ConditionType.Stalled,
                        stalled ? Condition.Status.True : Condition.Status.False,
                        ReasonCode.Succeeded,
                        "",
                        "g1",
                        NOW);
        return new StatusOf(ResourceId.app(name))
                .generation("g1")
                .revision("main@sha1:" + NEW)
                .conditions(one, other)
                .make();
    }

    private static ResourceStatus of(ResourceId id, ConditionType type, Condition.Status status) {
        return new StatusOf(id)
                .revision("main@sha1:" + NEW)
                .conditions(
                        new Condition(
                                type, status, ReasonCode.Succeeded, "why it is " + status, "", NOW))
                .make();
    }

    private static ResourceStatus instance() {
        return of(INSTANCE, ConditionType.Ready, Condition.Status.True);
    }

    private static CommitStatus ofConfig(PassReport pass) {
        return ((Post.Status) SAYINGS.ofConfig(pass).firstEntry().getValue()).status();
    }

    @Test
    void ofConfig_everythingReady_isSuccessElseWhatIsNot() {
        ResourceStatus good = app("shop", Condition.Status.True, false);
        ResourceStatus coming = app("api", Condition.Status.False, false);
        ResourceStatus bad = app("web", Condition.Status.False, true);

        assertThat(ofConfig(pass(List.of(), List.of(instance(), good))).state())
                .isEqualTo(CommitStatus.State.SUCCESS);
        assertThat(ofConfig(pass(List.of(), List.of(instance(), good, coming))).description())
                .isEqualTo("on its way: app/api");
        assertThat(ofConfig(pass(List.of(), List.of(good, coming, bad))).description())
                .isEqualTo("failed: app/web");
        assertThat(ofConfig(pass(List.of(), List.of(good), "berth.yaml:1:1 wrong")).state())
                .isEqualTo(CommitStatus.State.FAILURE);
    }

    @Test
    void ofConfig_nothingJudged_isNoSuccess() {
        assertThat(ofConfig(pass(List.of(), List.of())).state())
                .isEqualTo(CommitStatus.State.PENDING);
    }

    @Test
    void ofConfig_newerCommitIsNotFollowed_saysSo() {
        ResourceStatus refused = of(INSTANCE, ConditionType.SourceVerified, Condition.Status.False);

        CommitStatus said = ofConfig(pass(List.of(), List.of(refused)));

        assertThat(said.state()).isEqualTo(CommitStatus.State.PENDING);
        assertThat(said.description()).isEqualTo("why it is False");
    }

    @Test
    void ofConfig_domainNotReady_isNoSuccess() {
        ResourceStatus domain =
                of(new ResourceId(Kind.Domain, "www"), ConditionType.Ready, Condition.Status.False);

        assertThat(ofConfig(pass(List.of(), List.of(instance(), domain))).description())
                .isEqualTo("on its way: domain/www");
    }

    @Test
    void ofRefused_isFailureOfThatCommit() {
        Doubt doubt = new Doubt(ReasonCode.SignatureInvalid, "nobody signed it", OLD);

        assertThat(SAYINGS.ofRefused(doubt).values())
                .containsExactly(
                        new Post.Status(
                                CONFIG,
                                OLD,
                                new CommitStatus(
                                        "berth/deploy",
                                        CommitStatus.State.FAILURE,
                                        "nobody signed it",
                                        "https://berth.example.com/")));
        assertThat(SAYINGS.ofRefused(Doubt.unavailable("gone"))).isEmpty();
        assertThat(SAYINGS.ofRefused(null)).isEmpty();
    }

    @Test
    void ofBuilds_noBuildKnown_isSaidOfTheConfigCommit() {
        ResourceStatus ready = app("shop", Condition.Status.True, false);
        ResourceStatus bad = app("web", Condition.Status.False, true);
        ResourceStatus preview = app("shop.pr-1", Condition.Status.False, true);

        Map<String, Post> said =
                SAYINGS.ofBuilds(
                        List.of(), Map.of(ready.id(), ready, bad.id(), bad, preview.id(), preview));

        String at = CONFIG + "@" + NEW + " berth/deploy/";
        assertThat(said).containsOnlyKeys(at + "shop", at + "web");
        assertThat(((Post.Status) of(said, at + "shop")).status().state())
                .isEqualTo(CommitStatus.State.SUCCESS);
        assertThat(((Post.Status) of(said, at + "web")).status().state())
                .isEqualTo(CommitStatus.State.FAILURE);
    }

    @Test
    void ofBuilds_appThatTheCommitLeavesAsItWas_isNotSaidAnew() {
        ResourceStatus before = app("shop", Condition.Status.True, false);
        ResourceStatus same = new StatusOf(before).applied(before.revision()).make();

        assertThat(SAYINGS.ofBuilds(List.of(), Map.of(same.id(), same))).isEmpty();
    }

    @Test
    void ofBuilds_isSuccessOnlyWhileTheAppIsReady() {
        Build ended =
                new Build(
                        "shop-1",
                        ResourceId.app("shop"),
                        "berth/shop:1",
                        URL,
                        NEW,
                        1,
                        List.of(new Build.Step(Phase.Serving, NOW, 1, null, null)));
        ResourceStatus ready = app("shop", Condition.Status.True, false);
        ResourceStatus not = app("shop", Condition.Status.False, false);

        assertThat(SAYINGS.ofBuilds(List.of(ended), Map.of(ready.id(), ready)).firstEntry())
                .satisfies(
                        entry -> {
                            Post.Status post = (Post.Status) entry.getValue();
                            assertThat(post.repo()).isEqualTo(REPO);
                            assertThat(post.status().context()).isEqualTo("berth/deploy/shop");
                            assertThat(post.status().state()).isEqualTo(CommitStatus.State.SUCCESS);
                        });
        assertThat(SAYINGS.ofBuilds(List.of(ended), Map.of(not.id(), not)).keySet())
                .noneMatch(key -> key.startsWith(REPO + "@"));
    }

    private static DesiredState.Known followed(
            Set<ResourceId> held,
            Map<ResourceId, Set<String>> blurred,
            @Nullable String pruneHold) {
        return new KnownOf()
                .held(held)
                .pruneHold(pruneHold)
                .blurred(blurred)
                .repos(
                        new TreeMap<>(
                                Map.of(
                                        URL,
                                        new TreeSet<>(Set.of(ResourceId.app("shop"))),
                                        "https://forge.example.com/acme/other",
                                        new TreeSet<>(Set.of(ResourceId.app("other"))))))
                .make();
    }

    @Test
    void isGone_onlyWhenItIsCertain() {
        PassReport nothing = pass(List.of(), List.of());
        Set<ResourceId> shop = Set.of(ResourceId.app("shop"));
        Set<ResourceId> other = Set.of(ResourceId.app("other"));

        assertThat(isGone(nothing, followed(Set.of(), Map.of(), null))).isTrue();
        assertThat(isGone(nothing, followed(other, blurred("other"), null))).isTrue();
        assertThat(isGone(nothing, followed(shop, Map.of(), null))).isFalse();
        assertThat(isGone(nothing, followed(Set.of(), blurred("shop"), null))).isFalse();
        assertThat(isGone(nothing, followed(Set.of(), blurred("shop.pr-12"), null))).isFalse();
        assertThat(isGone(nothing, followed(Set.of(), blurred("shop.pr-13"), null))).isTrue();
        assertThat(isGone(nothing, followed(Set.of(), Map.of(), "x"))).isFalse();
        PassReport lives =
                pass(List.of(), List.of(app("shop.pr-12", Condition.Status.True, false)));
        assertThat(isGone(lives, followed(Set.of(), Map.of(), null))).isFalse();
    }

    private static boolean isGone(PassReport pass, DesiredState.Known known) {
        return Sayings.isGone(new Sayings.Pull(REPO, 12), pass, known);
    }

    private static Map<ResourceId, Set<String>> blurred(String app) {
        return Map.of(ResourceId.app(app), Set.<String>of());
    }

    @Test
    void ofKey_keyOfAComment_isThatPull() {
        Sayings.Pull pull = new Sayings.Pull(REPO, 12);

        assertThat(Sayings.Pull.ofKey(pull.key())).isEqualTo(pull);
        assertThat(Sayings.Pull.ofKey(REPO + "#12 plan")).isNull();
        assertThat(Sayings.Pull.ofKey(REPO + "@" + NEW + " berth/preview/shop")).isNull();
    }
}
