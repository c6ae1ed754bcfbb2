package dev.berth.webapp.page;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.InMemoryBuildStore;
import dev.berth.reconciler.build.log.BuildLogs;
import dev.berth.reconciler.build.queue.BuildBook;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.status.AppLogs;
import dev.berth.reconciler.status.InMemoryPassHistory;
import dev.berth.reconciler.status.RunLogs;
import dev.berth.reconciler.status.SamplePasses;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.webhook.kept.Deliveries;
import dev.berth.reconciler.webhook.kept.ForgeFault;
import dev.berth.reconciler.webhook.kept.WebhookSetup;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.Delivery;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.webapp.view.Frame.Section;
import dev.berth.webapp.view.Overview;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Renders the pages; leaves each in {@code target/pages}, where a browser can open it. */
final class PagesTest {
    private final InstantSource clock = InstantSource.fixed(Harbour.NOW);
    private final StatusBoard board = new StatusBoard();
    private final InMemoryPassHistory history = new InMemoryPassHistory();
    private final InMemoryBuildStore builds = new InMemoryBuildStore(clock);
    private final BuildLogs logs =
            new BuildLogs(Path.of("target", "build-logs"), UnaryOperator.identity());
    private final BuildBook book =
            new BuildBook(builds, logs, "home", UnaryOperator.identity(), Clockwork.system());
    private final Assets assets = new Assets();
    private final PageRenderer renderer = new PageRenderer(board, assets, clock);

    @Test
    void overview_noPassYet_saysSoAndWhy() throws Exception {
        String page = overview("empty", null);

        assertThat(page).contains("Waiting for the first pass", "No pass yet");
    }

    @Test
    void overview_everythingReady_isOneCalmSentence() throws Exception {
        board.publish(Harbour.calm());

        String page = overview("calm", null);

        assertThat(page)
                .contains(
                        "All 2 as written", "guestbook.localhost:8080", "3f9a1c2be07d", "12 s ago")
                .doesNotContain("banner");
    }

    @Test
    void overview_certificates_haveAColumn() throws Exception {
        board.publish(Harbour.certified());

        assertThat(overview("certificates", null))
                .contains(
                        "All 3 as written",
                        "<span>Certificate</span>",
                        "<span class=\"state good\" title=\"*.example.com, example.com\">58 d left</span>",
                        "<span class=\"state warn\" title=\"new.example.com\">none</span><span class=\"reason\">HostNotPointing</span>");
    }

    @Test
    void pages_certificatesInEveryState_sayWhatIsLeftAndWhy() throws Exception {
        board.publish(Harbour.everyCertificate());

        assertThat(overview("certificates-all", null))
                .contains(
                        "All 7 as written",
                        "11 d left</span><span class=\"reason\">Expiring</span>",
                        "expired</span></div>");
        assertThat(resource("certificates-expiring", "shops"))
                .contains(
                        "<span class=\"state warn\">11 d left</span>",
                        "<span class=\"state good\">77 d left</span>",
                        "new.shop.example.com: is being ordered");
        assertThat(resource("certificates-expired", "late")).contains("expired");
        assertThat(resource("certificates-failing", "hello")).contains("in 5 min");
        assertThat(resource("certificates-none", "blog"))
                .contains("<span class=\"state idle\">False</span></td><td>NotConfigured");
    }

    @Test
    void overview_noCertificates_hasNoColumnForThem() throws Exception {
        board.publish(Harbour.calm());

        assertThat(overview("calm", null)).doesNotContain("Certificate");
    }

    @Test
    void resource_certificates_areListedWithWhenTheyEndAndAreRenewed() throws Exception {
        board.publish(Harbour.certified());

        assertThat(resource("resource-certified", "guestbook"))
                .contains(
                        "<time datetime=\"2027-01-18T10:15:30Z\" data-ahead=\"yes\"",
                        "<span>*.example.com</span><span>example.com</span>",
                        "58 d left",
                        "in 28 d",
                        "Let's Encrypt");
        assertThat(resource("resource-uncertified", "hello"))
                .contains("HostNotPointing", "A record points to 203.0.113.9", "in 5 min");
    }

    @Test
    void overview_busyDay_putsWhatNeedsAPersonFirst() throws Exception {
        board.publish(Harbour.busy());

        String page = overview("busy", null);

        assertThat(page).contains("1 of 7 needs attention", "1 problem in the config repo");
        assertThat(page.indexOf("/resources/app/shop"))
                .isLessThan(page.indexOf("/resources/app/guestbook"));
        assertThat(page.indexOf("/resources/app/guestbook"))
                .isLessThan(page.indexOf("/resources/app/clock"));
        assertThat(page)
                .contains("GET /healthz answered HTTP 500")
                .doesNotContain("ECONNREFUSED", "not tried again", "has mistakes");
    }

    @Test
    void overview_sourceGoneAndFortyProblems_showsBannerAndFolds() throws Exception {
        board.publish(Harbour.sourceGone());

        String page = overview("trouble", "The database can't be used: refused");

        assertThat(page)
                .contains(
                        "The config repo can't be read",
                        "connection timed out after 20 s",
                        "40 problems in the config repo",
                        "All 2 keep running",
                        "32 more",
                        "History is not available");
        assertThat(page).containsOnlyOnce("connection timed out after 20 s");
    }

    @Test
    void overview_commitRefused_showsOneBannerThatSaysWhose() throws Exception {
        board.publish(Harbour.commitRefused());

        String page = overview("refused", null);

        assertThat(page)
                .contains("The newest commit is not signed as it must be; it is not deployed")
                .doesNotContain("can't be read")
                .containsOnlyOnce("Eve &lt;eve@example.com&gt; is not followed");
    }

    @Test
    void overview_nobodyCanTellWhoWrites_showsOneBannerWithTheCause() throws Exception {
        String cause = "the stamps on the engine can't be read: no answer within 5 s";
        board.publish(Harbour.unknown(ReasonCode.WriterUnknown, cause));

        String page = overview("writer-unknown", null);

        assertThat(page)
                .containsPattern(
                        "class=\"banner warn\"[^>]*>\\s*<h2>Berth can.*t tell whether it may write, and deploys nothing")
                .containsOnlyOnce("class=\"banner")
                .contains("no answer within 5 s");
    }

    @ParameterizedTest
    @CsvSource({
        "NotWriter, Another Berth writes; this one only looks on",
        "EngineUnavailable, The container engine does not answer"
    })
    void overview_nothingCanBeTold_showsOneBanner(ReasonCode reason, String title)
            throws Exception {
        board.publish(Harbour.unknown(reason, "for a reason"));

        String page = overview("unknown", null);

        assertThat(page).containsOnlyOnce("class=\"banner").contains(title);
    }

    @Test
    void overview_broughtWildcardThatIsUnusable_saysSoInABanner() throws Exception {
        board.publish(
                Harbour.wildcard(ReasonCode.CertificateInvalid, "*.localhost: it is for another"));

        assertThat(overview("certificate-invalid", null))
                .containsPattern(
                        "class=\"banner warn\"[^>]*>\\s*<h2>A certificate of your own can.*t be used")
                .contains("*.localhost: it is for another");
    }

    @Test
    void overview_restored_saysThatItIsOld() throws Exception {
        board.restore(Harbour.calm());

        assertThat(overview("restored", null)).contains("Berth has just started");
    }

    @Test
    void overview_hostileText_isEscaped() throws Exception {
        String hostile = "<script>alert(1)</script>\"'><img src=x>";
        board.publish(
                SamplePasses.pass(
                        1,
                        List.of(),
                        List.of(
                                SamplePasses.status(
                                        ResourceId.app("x\"><b>"),
                                        SamplePasses.condition(
                                                ConditionType.Ready,
                                                Condition.Status.False,
                                                ReasonCode.StartFailed,
                                                hostile)))));

        String page = overview("hostile", hostile);

        assertThat(page).doesNotContain("<script>alert", "<img src=x", "x\"><b>");
        assertThat(page).contains("&lt;script&gt;alert(1)");
    }

    @Test
    void everyPage_hasNothingInlineAndNothingFromElsewhere() throws Exception {
        board.publish(Harbour.busy());
        String page = overview("inline", null) + resource("inline-resource", "shop");
        board.publish(Harbour.previewed());
        page += previews("inline-previews") + resource("inline-preview", "guestbook.pr-12");

        assertThat(page).doesNotContain("style=", "onclick=", "<style", "javascript:");
        assertThat(
                        Pattern.compile(
                                        "(src|href)=\"(?!/|#|https?://[a-z0-9.-]*(localhost|example))")
                                .matcher(page)
                                .find())
                .isFalse();
        assertThat(Pattern.compile("<script(?! src=\"/assets/)").matcher(page).find()).isFalse();
    }

    @Test
    void resource_stalledApp_showsTheWholeAnswerPlanLogAndEvents() throws Exception {
        board.publish(Harbour.busy());
        history.record(Harbour.calm());
        history.record(withId("later", Harbour.busy()));

        String page = resource("resource", "shop");

        assertThat(page)
                .contains(
                        "Stalled",
                        "HealthCheckFailed",
                        "Error: connect ECONNREFUSED 10.0.3.2:5432",
                        "start release 7c1e of app/shop",
                        "line 3 of shop",
                        "Ada Lovelace",
                        "serving 81d0e7aa54c2",
                        "Last attempts",
                        "7c1e92ab",
                        "3 times",
                        "shop:1.4.1 -&gt; shop:1.4.2: GET /healthz answered HTTP 500",
                        "Grace Hopper");
    }

    @Test
    void resource_asleep_saysSoAndHowItIsServed() throws Exception {
        board.publish(Harbour.night());

        String overview = overview("night", null);
        String page = resource("resource-asleep", "atlas");

        assertThat(overview).contains("Asleep", "<b>1</b> asleep");
        assertThat(page)
                .contains(
                        "Asleep",
                        "In flight: <b>none</b>",
                        "Last request: <b>83 min ago</b>",
                        "atlas.localhost",
                        "20 per 1 s, burst 100",
                        "10 %, header X-Canary: yes to atlas-next.localhost/");
    }

    @Test
    void resource_busy_showsWhatIsInFlight() throws Exception {
        board.publish(Harbour.night());

        assertThat(resource("resource-busy", "guestbook"))
                .contains("3 requests, 1 of them open streams", "Last request: <b>now</b>");
    }

    @Test
    void resource_engineAndHistoryAway_isShownWithoutThem() throws Exception {
        board.publish(Harbour.calm());
        history.fail("The database can't be used: refused");

        String page =
                resource(
                        "resource-away",
                        "hello",
                        (app, lines) -> {
                            throw new UnavailableException("the engine does not answer", null);
                        });

        assertThat(page)
                .contains("the engine does not answer", "The database can't be used: refused");
    }

    @Test
    void resource_runsByTheClock_showsItsRunsAndWhenItIsDue() throws Exception {
        board.publish(Harbour.scheduled());

        String page = resource("cron", "hello");

        assertThat(page)
                .contains("0 3 * * *", "Europe/Berlin", "22 Nov 2026, 02:00:00 UTC")
                .contains("prune-202611210200", "Failed", "2.0 s")
                .contains("/api/v1/apps/hello/log?run=prune-202611210200")
                .contains("pin: \"3f2a91c0\"", "hello:7", "c0ffee00c0ff", "wanted now");
    }

    @Test
    void resource_recognisedCode_showsWhatItIsAndTheDockerfile() throws Exception {
        board.publish(Harbour.scheduled());

        assertThat(resource("build", "hello"))
                .contains("Recognised as Express (express in package.json), built into an image")
                .contains("apps/hello", "commit it as", "FROM node:24 AS build")
                .contains("&lt;b&gt;")
                .doesNotContain("<b>\"");
    }

    @Test
    void quickLogs_slowEngine_givesUp() {
        CountDownLatch never = new CountDownLatch(1);
        QuickLogs logs =
                new QuickLogs(
                        (app, lines) -> {
                            try {
                                never.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return List.of();
                        },
                        RunLogs.NONE,
                        Duration.ofMillis(30));

        assertThatThrownBy(() -> logs.tail("shop", 10))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("did not answer");
        never.countDown();
    }

    @Test
    void passesAndEvents_recorded_areListed() throws Exception {
        history.record(Harbour.calm());
        history.record(withId("019d4c2e7a1c", Harbour.busy()));
        HistoryPages pages = new HistoryPages(board, history, renderer, clock);

        String passes = keep("passes", pages.passesHtml(null));
        String events = keep("events", pages.eventsHtml(null));
        String pass = keep("pass", pages.passHtml(withId("019d4c2e7a1c", Harbour.busy())));

        assertThat(passes).contains("/passes/019d4c2e7a1c", "1 failed", "push to the config repo");
        assertThat(events).contains("Ready: False", "spec.env.THEME");
        assertThat(pass).contains("Plan at 3f9a1c2be07d", "What it said", "stamp 7");
    }

    @Test
    void diagnostics_orphans_areListedWithWhatToDo() throws Exception {
        DiagnosticsPage pages = new DiagnosticsPage(board, renderer);
        assertThat(pages.html()).contains("Nothing is left over");
        PassReport calm = Harbour.calm();
        board.publish(
                new PassReport(
                        calm.id(),
                        calm.trigger(),
                        calm.revision(),
                        calm.author(),
                        calm.startedAt(),
                        calm.duration(),
                        calm.plan(),
                        calm.changes(),
                        calm.problems(),
                        calm.resources(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(
                                new PassReport.Orphan(
                                        "volume",
                                        "berth_home_shop_uploads",
                                        "app/shop",
                                        "its deletionPolicy was Retain",
                                        "docker volume rm <b>")),
                        null));

        assertThat(keep("diagnostics", pages.html()))
                .contains(
                        "volume berth_home_shop_uploads",
                        "app/shop",
                        "its deletionPolicy was Retain",
                        "docker volume rm &lt;b&gt;")
                .doesNotContain("Nothing is left over");
    }

    private String overview(String name, @Nullable String failure) throws IOException {
        Overview view = Overview.of(board.newest(), failure, Harbour.NOW);
        return keep(
                name,
                renderer.render(
                        "overview.jte",
                        renderer.frame(view.headline(), Section.Resources, 0),
                        Map.of("view", view)));
    }

    private String previews(String name, ForgeFault... faults) throws IOException {
        return keep(name, new PreviewPages(board, () -> List.of(faults), renderer, clock).html());
    }

    @Test
    void previews_forgeDoesNotAnswer_saysThatTheyStay() throws Exception {
        String page =
                previews(
                        "previews-faults",
                        new ForgeFault(
                                "github.com/acme/shop",
                                ForgeFault.Matter.PullRequests,
                                "GET /pulls answered 429: asked again in 40 s"));

        assertThat(page).contains("at forges now", "github.com/acme/shop", "asked again in 40 s");
        assertThat(previews("previews-no-faults")).doesNotContain("at forges now");
    }

    @Test
    void previews_none_saysHowToHaveThem() throws Exception {
        board.publish(Harbour.calm());

        assertThat(previews("previews-none"))
                .contains("No pull request has a preview", "previews: {enabled: true}");
    }

    @Test
    void previews_some_sayHowFarEachIsAndWhy() throws Exception {
        board.publish(Harbour.previewed());

        String page = previews("previews");

        assertThat(page)
                .contains("<b>2</b> serving", "<b>1</b> failed", "<b>20</b> queued")
                .contains("#9 Let guests sign twice", "https://example.com/guestbook/pull/9")
                .contains("http://pr-9-guestbook.localhost:8080", "in 2 d", "c0ffee00c0ff")
                .contains("feature/dark-mode", "in 3 h")
                .contains("HealthCheckFailed", "0ddba11e0ddb", "newest <span")
                .contains("19 wait before it, and 3 run")
                .containsOnlyOnce("2 have no preview")
                .contains("/resources/app/guestbook.pr-9")
                .doesNotContain("/resources/app/guestbook.pr-20");
        assertThat(page.indexOf("#12 ")).isLessThan(page.indexOf("#13 "));
        assertThat(page.indexOf("#13 ")).isLessThan(page.indexOf("#9 "));
        assertThat(page.indexOf("#9 ")).isLessThan(page.indexOf("#20 "));
        assertThat(page.indexOf("no preview</summary>")).isLessThan(page.indexOf("#50 "));
    }

    @Test
    void previews_hostileTitle_isTextAndCut() throws Exception {
        board.publish(Harbour.previewed());
        String all =
                previews("previews")
                        + overview("previews-overview", null)
                        + resource("previews-app", "guestbook")
                        + resource("previews-one", "guestbook.pr-12");

        assertThat(all)
                .contains("&lt;/bdi&gt;&lt;script&gt;alert(1)", "x…")
                .doesNotContain("<script>alert", "<img src=x", "javascript:", "x".repeat(121))
                .doesNotContain("\u202E", "\u2069", "\u001b");
    }

    @Test
    void overview_manyPreviews_standApartInALine() throws Exception {
        board.publish(Harbour.previewed());

        assertThat(overview("previews-overview", null))
                .contains("All 2 as written", "<b>2</b> ready", "/previews#guestbook")
                .contains("<b>2</b> serving", "<b>1</b> failed", "<b>20</b> queued")
                .doesNotContain("guestbook.pr-", "Let guests sign twice");
    }

    @Test
    void resource_withPreviews_listsThem() throws Exception {
        board.publish(Harbour.previewed());

        assertThat(resource("previews-app", "guestbook"))
                .contains("Let guests sign twice", "2 have no preview");
        assertThat(resource("previews-other", "hello")).doesNotContain("Previews</h2>");
    }

    @Test
    void resource_preview_saysWhatItIsAPreviewOf() throws Exception {
        board.publish(Harbour.previewed());

        assertThat(resource("previews-one", "guestbook.pr-9"))
                .contains("A preview of <a href=\"/resources/app/guestbook\">guestbook</a>")
                .contains("https://example.com/guestbook/pull/9", "by <bdi>eve</bdi>", "in 2 d")
                .doesNotContain("#12", "pin: ");
    }

    @Test
    void previews_nobodyCanTellWhatIsOpen_areShownAllTheSame() throws Exception {
        PassReport pass = Harbour.previewed();
        board.restore(
                new PassReport(
                        pass.id(),
                        pass.trigger(),
                        pass.revision(),
                        pass.author(),
                        pass.startedAt(),
                        pass.duration(),
                        pass.plan(),
                        pass.changes(),
                        pass.problems(),
                        pass.resources()));

        assertThat(previews("previews-unknown"))
                .contains("<b>3</b> unknown", "it stays until it can be told what is open")
                .contains("/resources/app/guestbook.pr-9", ">pr-9<");
        assertThat(resource("previews-one-unknown", "guestbook.pr-9"))
                .contains("A preview of <a href=\"/resources/app/guestbook\">guestbook</a>");
    }

    private BuildPages buildPages() {
        return new BuildPages(book, logs, renderer, clock);
    }

    @Test
    void builds_none_saysWhatWouldMakeOne() throws Exception {
        assertThat(keep("builds-none", buildPages().listHtml(null)))
                .contains("Nothing was built yet", "source:");
    }

    @Test
    void builds_some_areListedWithWhatTheyCameTo() throws Exception {
        for (Build build : Harbour.builds()) {
            builds.save(build, "home");
        }

        assertThat(keep("builds", buildPages().listHtml(null)))
                .contains(
                        "Failed in Building",
                        "The lock file is out of date",
                        "Serving",
                        "/builds/hello-20261121-101402-0001",
                        "https://example.com/hello");
    }

    private WebhookPages webhookPages(@Nullable WebhookSetup setup, Delivery... deliveries) {
        return webhookPages(setup, List.of(), deliveries);
    }

    private WebhookPages webhookPages(
            @Nullable WebhookSetup setup, List<ForgeFault> faults, Delivery... deliveries) {
        return new WebhookPages(
                new Deliveries() {
                    @Override
                    public Page<Delivery> deliveries(@Nullable String cursor, int limit) {
                        return new Page<>(List.of(deliveries), null);
                    }

                    @Override
                    public Optional<Delivery> delivery(String id) {
                        return Optional.empty();
                    }

                    @Override
                    public List<Count> counts() {
                        return List.of();
                    }
                },
                () -> setup,
                () -> faults,
                renderer,
                clock);
    }

    @Test
    void webhooks_noneAndNoForge_saysHowToSetOneUp() throws Exception {
        WebhookSetup setup = new WebhookSetup("berth.example.com", List.of(), List.of());

        assertThat(keep("webhooks-none", webhookPages(setup).html(null)))
                .contains(
                        "No forge may deliver yet",
                        "https://berth.example.com/api/webhook",
                        "Nothing was delivered yet")
                .doesNotContain("What these deliver is refused");
    }

    @Test
    void webhooks_configNotRead_claimsNothing() throws Exception {
        assertThat(keep("webhooks-not-read", webhookPages(null).html(null)))
                .contains("Config was not read yet")
                .doesNotContain("No forge may deliver yet", "at forges now");
    }

    @Test
    void webhooks_forgeDoesNotAnswerAsItShould_saysWhereAndWhatToDo() throws Exception {
        WebhookSetup setup =
                new WebhookSetup("berth.example.com", List.of("github.com"), List.of());
        List<ForgeFault> faults =
                List.of(
                        new ForgeFault(
                                "github.com/acme/shop",
                                ForgeFault.Matter.PullRequests,
                                "GET /pulls answered 401 <b>: put a new token into the Secret"),
                        new ForgeFault(
                                "github.com/acme/till",
                                ForgeFault.Matter.Posts,
                                "the forge wants to be left alone"));

        assertThat(keep("webhooks-faults", webhookPages(setup, faults).html(null)))
                .contains(
                        "at forges now",
                        "github.com/acme/shop",
                        "pull requests and branches stay as they were seen last.",
                        "401 &lt;b&gt;: put a new token",
                        "github.com/acme/till",
                        "comments and statuses are not taken and wait.",
                        "wants to be left alone");
    }

    @Test
    void webhooks_some_areListedWithWhatTheyMatchedOrWhyNot() throws Exception {
        WebhookSetup setup =
                new WebhookSetup("berth.example.com", List.of("github.com"), List.of("gitlab.com"));

        assertThat(
                        keep(
                                "webhooks",
                                webhookPages(setup, Harbour.deliveries().toArray(Delivery[]::new))
                                        .html(null)))
                .contains(
                        "Looked, 2 times",
                        "config repo",
                        "/resources/app/shop",
                        "#12",
                        "Bad signature",
                        "it fits the secret of none of: github.com",
                        "What these deliver is refused",
                        "gitlab.com",
                        "&lt;script&gt;")
                .doesNotContain("No forge may deliver yet", "<script>alert");
    }

    @Test
    void builds_databaseGone_saysSo() throws Exception {
        builds.fail("The database can't be used: refused");

        assertThat(keep("builds-gone", buildPages().listHtml(null)))
                .contains("not available", "refused")
                .doesNotContain("Nothing was built yet");
    }

    @Test
    void build_failed_namesTheStepAndShowsItsLogAsText() throws Exception {
        Build failed = Harbour.builds().getFirst();
        logs.forget(List.of(failed.id()));
        try (BuildLogs.Open log = logs.open(failed.id())) {
            log.line("#7 [build 4/6] RUN npm ci");
            log.line("<script>alert(1)</script>");
        }

        assertThat(keep("build-failed", buildPages().html(failed)))
                .contains(
                        "Failed in Building",
                        "npm ci",
                        "&lt;script&gt;",
                        "data-live=\"no\"",
                        "berth/hello:1a2b3c4d5e6f")
                .doesNotContain("<script>alert");
    }

    @Test
    void build_pushed_saysAsWhat() throws Exception {
        assertThat(keep("build-pushed", buildPages().html(Harbour.builds().get(1))))
                .contains("Pushed as", "registry.example.com/team/hello@sha256:5e5e", "Pushing");
        assertThat(keep("build-failed", buildPages().html(Harbour.builds().getFirst())))
                .doesNotContain("Pushed as");
    }

    @Test
    void build_secondAttempt_tellsTheFirstInOneLine() throws Exception {
        Build first = Harbour.builds().get(1);
        Instant later = Harbour.NOW.minusSeconds(3000);
        Build second =
                new Build(
                                first.id(),
                                first.app(),
                                first.image(),
                                null,
                                first.commit(),
                                1,
                                first.steps().subList(0, 4))
                        .with(
                                new Build.Step(
                                        Phase.Queued, later, 1, null, "tried again: no network"))
                        .with(new Build.Step(Phase.Queued, later, 2, null, null))
                        .with(new Build.Step(Phase.Building, later, 2, null, null));

        assertThat(keep("build-again", buildPages().html(second)))
                .contains("Attempt 1", "tried again: no network", ">Building<")
                .doesNotContain(">Fetching<");
    }

    @Test
    void build_goesOn_isFollowedLive() throws Exception {
        Build serving = Harbour.builds().get(1);
        Build building =
                new Build(
                        "hello-live",
                        serving.app(),
                        serving.image(),
                        null,
                        serving.commit(),
                        1,
                        serving.steps().subList(0, 4));

        assertThat(keep("build-live", buildPages().html(building)))
                .contains("data-live=\"yes\"", "data-end=\"0\"", "Building");
    }

    @Test
    void resource_withCode_showsItsLastBuilds() throws Exception {
        for (Build build : Harbour.builds()) {
            builds.save(build, "home");
        }
        board.publish(Harbour.scheduled());

        assertThat(resource("build-history", "hello")).contains("Failed in Building", "Serving");
    }

    private String resource(String name, String app) throws IOException {
        return resource(
                name,
                app,
                (of, lines) ->
                        java.util.stream.IntStream.rangeClosed(1, 14)
                                .mapToObj(
                                        i -> "web  | 10:14:%02d line %d of %s".formatted(i, i, of))
                                .toList());
    }

    private String resource(String name, String app, AppLogs logs) throws IOException {
        ResourcePages pages =
                new ResourcePages(
                        board,
                        history,
                        book,
                        Harbour::traffic,
                        new QuickLogs(logs, RunLogs.NONE, Duration.ofSeconds(5)),
                        renderer,
                        clock);
        ResourceId id = ResourceId.app(app);
        return keep(name, pages.html(id, requireNonNull(board.resource(id))));
    }

    private static PassReport withId(String id, PassReport pass) {
        return new PassReport(
                id,
                pass.trigger(),
                pass.revision(),
                pass.author(),
                pass.startedAt(),
                pass.duration(),
                pass.plan(),
                pass.changes(),
                pass.problems(),
                pass.resources(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                7L);
    }

    /** Writes the page so that it can be opened from disk. */
    private String keep(String name, String page) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "pages"));
        for (String asset : List.of("berth.css", "berth.js", "favicon.svg")) {
            Files.writeString(folder.resolve(asset), requireNonNull(assets.find(asset)).content());
        }
        Files.writeString(
                folder.resolve(name + ".html"),
                page.replace(assets.href("berth.css"), "berth.css")
                        .replace(assets.href("berth.js"), "berth.js"));
        return page;
    }
}
