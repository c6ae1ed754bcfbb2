package dev.berth.webapp.page;

import static dev.berth.reconciler.status.SamplePasses.REVISION;
import static dev.berth.reconciler.status.SamplePasses.condition;

import dev.berth.reconciler.status.StatusOf;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.BuildStatus;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.Delivery;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PassReport.ChangeReport;
import dev.berth.schemas.status.PassReport.Result;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ReleaseStatus;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.schemas.status.ResourceStatus.Replicas;
import dev.berth.schemas.status.ScheduleStatus;
import dev.berth.schemas.status.ScheduleStatus.RunResult;
import dev.berth.schemas.status.ScheduleStatus.RunStatus;
import dev.berth.schemas.status.TrafficStatus;
import dev.berth.schemas.status.TrafficStatus.RouteStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A small installation as a busy day leaves it. */
final class Harbour {
    static final Instant NOW = Instant.parse("2026-11-21T10:15:30Z");

    private static final String OLD = "main@sha1:81d0e7aa54c2b90f1d6e3a77c4051f2b9e8d6c30";

    /** A title as only a bad person gives it: markup, text turned around, and without an end. */
    static final String HOSTILE =
            "</bdi><script>alert(1)</script>\"'><img src=x> \u202Eevil\u2069 \u001b[2J"
                    + "x".repeat(500);

    private Harbour() {}

    static PassReport calm() {
        return pass(
                List.of(),
                List.of(),
                List.of(instance(ready()), app("guestbook", 1, ready()), app("hello", 1, ready())));
    }

    /** Hosts with a certificate, with one that fails to be renewed, and without any. */
    static PassReport certified() {
        Condition failing =
                condition(
                        ConditionType.CertificateReady,
                        Status.False,
                        ReasonCode.HostNotPointing,
                        "new.example.com: A record points to 203.0.113.9, this host is 198.51.100.7");
        Condition certified =
                condition(ConditionType.CertificateReady, Status.True, ReasonCode.Succeeded, "");
        return pass(
                List.of(),
                List.of(),
                List.of(
                        instance(ready()),
                        certified(
                                app("guestbook", 1, ready(), certified),
                                new CertificateStatus(
                                        List.of("*.example.com", "example.com"),
                                        CertificateStatus.Source.ORDERED,
                                        "E7, Let's Encrypt",
                                        NOW.plus(Duration.ofDays(58)),
                                        NOW.plus(Duration.ofDays(28)),
                                        null)),
                        certified(
                                app("hello", 1, ready(), failing),
                                new CertificateStatus(
                                        List.of("new.example.com"),
                                        CertificateStatus.Source.ORDERED,
                                        null,
                                        null,
                                        null,
                                        NOW.plus(Duration.ofMinutes(5)))),
                        app("plain", 1, ready())));
    }

    /** Certificates in every state that they can be in. */
    static PassReport everyCertificate() {
        List<String> shops =
                IntStream.rangeClosed(1, 20)
                        .mapToObj("shop-%02d.example.com"::formatted)
                        .sorted()
                        .toList();
        return pass(
                List.of(),
                List.of(),
                List.of(
                        certified(
                                instance(ready(), certificate(ReasonCode.Succeeded, "")),
                                ordered(58, "*.example.com")),
                        certified(
                                app("bank", 1, ready(), certificate(ReasonCode.Succeeded, "")),
                                new CertificateStatus(
                                        List.of("bank.example.com"),
                                        CertificateStatus.Source.BROUGHT,
                                        "Example Organisation Issuing CA 4",
                                        NOW.plus(Duration.ofDays(200)),
                                        null,
                                        null)),
                        certified(
                                app(
                                        "blog",
                                        1,
                                        ready(),
                                        certificate(ReasonCode.NotConfigured, "no spec.acme")),
                                none(null, "blog.example.com")),
                        certified(
                                app(
                                        "hello",
                                        1,
                                        ready(),
                                        certificate(
                                                ReasonCode.HostNotPointing,
                                                "a-host-with-a-name-that-is-as-long-as-they-get.new.example.com: A record points to 203.0.113.9, this host is 198.51.100.7; next try 2026-11-21 10:20 UTC")),
                                none(
                                        Duration.ofMinutes(5),
                                        "a-host-with-a-name-that-is-as-long-as-they-get.new.example.com")),
                        certified(
                                app(
                                        "late",
                                        1,
                                        ready(),
                                        certificate(
                                                ReasonCode.CertificateExpired,
                                                "late.example.com: until 2026-11-20 10:15 UTC; it could not be renewed: the directory answered 503; next try 2026-11-21 11:15 UTC")),
                                ordered(-1, "late.example.com")),
                        certified(
                                app(
                                        "new",
                                        1,
                                        ready(),
                                        certificate(
                                                ReasonCode.CertificateIssuing,
                                                "new.example.com: is being ordered")),
                                none(null, "new.example.com")),
                        certified(
                                app(
                                        "shops",
                                        1,
                                        ready(),
                                        certificate(
                                                ReasonCode.CertificateExpiring,
                                                "shop-01.example.com, shop-02.example.com, shop-03.example.com and 17 more: until 2026-12-02 10:15 UTC; it could not be renewed: the directory answered 503; next try 2026-11-21 11:15 UTC\nnew.shop.example.com: is being ordered")),
                                ordered(11, shops.toArray(String[]::new)),
                                ordered(77, "other.example.com")),
                        app("plain", 1, ready())));
    }

    private static Condition certificate(ReasonCode reason, String message) {
        return condition(
                ConditionType.CertificateReady,
                reason == ReasonCode.Succeeded ? Status.True : Status.False,
                reason,
                message);
    }

    private static CertificateStatus ordered(int days, String... names) {
        Instant end = NOW.plus(Duration.ofDays(days));
        boolean failing = days < 30;
        return new CertificateStatus(
                List.of(names),
                CertificateStatus.Source.ORDERED,
                "E7, Let's Encrypt",
                end,
                end.minus(Duration.ofDays(30)),
                failing ? NOW.plus(Duration.ofHours(1)) : null);
    }

    private static CertificateStatus none(@Nullable Duration nextTry, String name) {
        return new CertificateStatus(
                List.of(name),
                CertificateStatus.Source.ORDERED,
                null,
                null,
                null,
                nextTry == null ? null : NOW.plus(nextTry));
    }

    /** The certificate for the instance's domain is not as it should be. */
    static PassReport wildcard(ReasonCode reason, String message) {
        Condition failing =
                condition(ConditionType.CertificateReady, Status.False, reason, message);
        return pass(List.of(), List.of(), List.of(instance(ready(), failing)));
    }

    private static ResourceStatus certified(
            ResourceStatus plain, CertificateStatus... certificates) {
        return new StatusOf(plain).certificates(certificates).make();
    }

    /** One app runs something every night; it failed last night. */
    static PassReport scheduled() {
        PassReport calm = calm();
        ResourceId hello = ResourceId.app("hello");
        Instant due = Instant.parse("2026-11-21T02:00:00Z");
        return new PassReport(
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
                List.of(
                        new ScheduleStatus(
                                new ResourceId(Kind.Job, "hello.prune"),
                                hello,
                                "prune",
                                "0 3 * * *",
                                "Europe/Berlin",
                                "forbid",
                                due.plus(Duration.ofDays(1)),
                                List.of(
                                        new RunStatus(
                                                "prune-202611210200",
                                                due,
                                                due,
                                                Duration.ofSeconds(2),
                                                4,
                                                RunResult.Failed)))),
                List.of(
                        new ReleaseStatus(
                                hello, "3f2a91c0", "hello:7", "c0ffee00".repeat(5), due, true)),
                List.of(
                        new BuildStatus(
                                hello,
                                "Express",
                                "express in package.json",
                                BuildStatus.Makes.Image,
                                "apps/hello",
                                null,
                                "FROM node:24 AS build\nRUN echo \"<b>\"\n",
                                "berth/hello:1a2b3c4d5e6f")),
                List.of(),
                null);
    }

    /** One that was looked at twice, one of a pull request, one that is nobody's. */
    static List<Delivery> deliveries() {
        return List.of(
                new Delivery(
                        "00000000000c",
                        NOW.minusSeconds(90),
                        NOW.minusSeconds(5),
                        2,
                        "github",
                        "github.com",
                        "guid",
                        "push",
                        "github.com/acme/shop",
                        "refs/heads/<script>alert(1)</script>",
                        null,
                        Delivery.Outcome.Woke,
                        List.of(new ResourceId(Kind.Instance, "prod"), ResourceId.app("shop")),
                        null),
                new Delivery(
                        "00000000000b",
                        NOW.minusSeconds(100),
                        NOW.minusSeconds(100),
                        1,
                        "github",
                        "github.com",
                        "guid-2",
                        "pull_request",
                        "github.com/acme/shop",
                        null,
                        12,
                        Delivery.Outcome.Woke,
                        List.of(ResourceId.app("shop")),
                        null),
                new Delivery(
                        "00000000000a",
                        NOW.minusSeconds(200),
                        NOW.minusSeconds(200),
                        1,
                        "github",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        Delivery.Outcome.BadSignature,
                        List.of(),
                        "it fits the secret of none of: github.com"));
    }

    /** One that failed, after one that serves. */
    static List<Build> builds() {
        return List.of(
                new Build(
                        "hello-20261121-101402-0001",
                        ResourceId.app("hello"),
                        "berth/hello:1a2b3c4d5e6f",
                        "https://example.com/hello",
                        "c0ffee00".repeat(5),
                        1,
                        steps(
                                NOW.minusSeconds(60),
                                Phase.Queued,
                                Phase.Fetching,
                                Phase.Detecting,
                                Phase.Building,
                                Phase.Failed)),
                new Build(
                        "hello-20261121-091402-0000",
                        ResourceId.app("hello"),
                        "berth/hello:0a2b3c4d5e6f",
                        "https://example.com/hello",
                        "c0ffee01".repeat(5),
                        1,
                        steps(
                                NOW.minusSeconds(3600),
                                Phase.Queued,
                                Phase.Fetching,
                                Phase.Detecting,
                                Phase.Building,
                                Phase.Pushing,
                                Phase.Releasing,
                                Phase.Probing,
                                Phase.Serving),
                        "registry.example.com/team/hello@sha256:" + "5e".repeat(32)));
    }

    private static List<Build.Step> steps(Instant begin, Phase... phases) {
        return IntStream.range(0, phases.length)
                .mapToObj(
                        i ->
                                new Build.Step(
                                        phases[i],
                                        begin.plusMillis(1700L * i),
                                        1,
                                        phases[i] == Phase.Failed ? ReasonCode.BuildFailed : null,
                                        phases[i] == Phase.Failed
                                                ? "The lock file is out of date: run npm install"
                                                        + " and commit package-lock.json"
                                                : null))
                .toList();
    }

    static PassReport busy() {
        return pass(
                List.of(
                        new ChangeReport(
                                ResourceId.app("shop"),
                                "start release 7c1e of app/shop",
                                List.of("spec.image: \"shop:1.4.1\" -> \"shop:1.4.2\""),
                                Result.Failed,
                                "GET /healthz answered HTTP 500\n> node server.js\nError: connect"
                                        + " ECONNREFUSED 10.0.3.2:5432",
                                Duration.ofSeconds(121)),
                        new ChangeReport(
                                ResourceId.app("guestbook"),
                                "switch traffic of app/guestbook to release a90c",
                                List.of("spec.env.THEME: \"light\" -> \"dark\""),
                                Result.Done,
                                null,
                                Duration.ofMillis(340))),
                List.of(
                        "apps/api.yaml:14:7 spec.replicas: expected a whole number from 0 to 100,"
                                + " got \"two\" [E-TYPE]"),
                List.of(
                        instance(ready()),
                        app(
                                "api",
                                2,
                                ready(),
                                "apps/api.yaml:14:7 spec.replicas: expected a whole"
                                        + " number from 0 to 100, got \"two\" [E-TYPE]"),
                        app("clock", 1, ready()),
                        app("guestbook", 1, ready(), updating()),
                        app("hello", 0, ready()),
                        shop(),
                        app("worker", 3, suspended()),
                        domain("www", "http://www.example.com")));
    }

    /**
     * Pull requests of one app: one serves, one failed, one is on its way, twenty wait for their
     * turn and two have none; and a branch.
     */
    static PassReport previewed() {
        PassReport calm = calm();
        List<PreviewStatus> previews = new ArrayList<>();
        previews.add(preview(9, "Let guests sign twice", State.Serving, null));
        previews.add(
                preview(
                        12,
                        HOSTILE,
                        State.Failed,
                        "GET /healthz answered HTTP 500\n> node server.js\n<script>alert(2)</script>"));
        previews.add(preview(13, "Faster pages", State.Deploying, null));
        for (int i = 0; i < 20; i++) {
            previews.add(preview(20 + i, "Later", State.Queued, i + " wait before it, and 3 run"));
        }
        previews.add(preview(50, "Work in progress", State.None, "it is a draft"));
        previews.add(preview(51, "From elsewhere", State.None, "it comes out of a fork"));
        PreviewId branch = PreviewId.ofBranch("guestbook", "feature/dark-mode");
        previews.add(
                new PreviewStatus(
                        branch.parent(),
                        branch.id(),
                        null,
                        "feature/dark-mode",
                        "https://example.com/guestbook",
                        "",
                        null,
                        "",
                        "feed0000".repeat(5),
                        "feed0000".repeat(5),
                        "feed0000".repeat(5),
                        State.Serving,
                        null,
                        null,
                        "http://" + branch.host("localhost:8080"),
                        NOW.minusSeconds(600),
                        NOW.plus(Duration.ofHours(3))));
        List<ResourceStatus> resources = new ArrayList<>(calm.resources());
        resources.add(app("guestbook.pr-9", 1, ready()));
        resources.add(
                app(
                        "guestbook.pr-12",
                        0,
                        condition(
                                ConditionType.Ready,
                                Status.False,
                                ReasonCode.HealthCheckFailed,
                                "GET /healthz answered HTTP 500")));
        resources.add(app("guestbook." + branch.key(), 1, ready()));
        return new PassReport(
                calm.id(),
                calm.trigger(),
                calm.revision(),
                calm.author(),
                calm.startedAt(),
                calm.duration(),
                calm.plan(),
                calm.changes(),
                calm.problems(),
                resources,
                List.of(),
                List.of(
                        new ReleaseStatus(
                                ResourceId.app("guestbook.pr-9"),
                                "3f2a91c0",
                                "guestbook:7",
                                "c0ffee00".repeat(5),
                                NOW,
                                true)),
                List.of(),
                List.of(),
                previews,
                null);
    }

    private static PreviewStatus preview(
            int number, String title, State state, @Nullable String message) {
        PreviewId id = PreviewId.ofPull("guestbook", number);
        boolean there = state == State.Serving || state == State.Failed;
        return new PreviewStatus(
                id.parent(),
                id.id(),
                number,
                "branch-" + number,
                "https://example.com/guestbook",
                title,
                number == 12
                        ? "javascript:alert(3)"
                        : "https://example.com/guestbook/pull/" + number,
                "eve",
                "c0ffee00".repeat(5),
                state == State.Queued || state == State.None ? null : "c0ffee00".repeat(5),
                there ? (number == 12 ? "0ddba11e" : "c0ffee00").repeat(5) : null,
                state,
                state == State.Failed ? ReasonCode.HealthCheckFailed : null,
                message,
                there ? "http://" + id.host("localhost:8080") : null,
                NOW.minusSeconds(600),
                there ? NOW.plus(Duration.ofHours(60)) : null);
    }

    static PassReport night() {
        return pass(
                List.of(),
                List.of(),
                List.of(
                        instance(ready()),
                        app(
                                "atlas",
                                0,
                                condition(
                                        ConditionType.Ready,
                                        Status.True,
                                        ReasonCode.Asleep,
                                        "asleep; the next request starts it")),
                        app("guestbook", 1, ready())));
    }

    static TrafficStatus traffic(ResourceId app) {
        boolean asleep = app.name().equals("atlas");
        Map<String, String> policy =
                new TreeMap<>(
                        Map.of(
                                "rateLimit", "20 per 1 s, burst 100",
                                "compression", "true",
                                "canary",
                                        "10 %%, header X-Canary: yes to %s-next.localhost/"
                                                .formatted(app.name())));
        return new TrafficStatus(
                true,
                asleep ? 5000L : 0L,
                asleep ? 0 : 3,
                asleep ? 0 : 1,
                false,
                List.of(
                        new RouteStatus(
                                app.name() + ".localhost",
                                asleep ? "asleep; the next request starts it" : "2 containers",
                                asleep,
                                policy),
                        new RouteStatus(
                                "www.example.com/" + app.name(),
                                asleep ? "asleep; the next request starts it" : "2 containers",
                                asleep,
                                Map.of())));
    }

    static PassReport sourceGone() {
        List<String> problems =
                IntStream.rangeClosed(1, 40)
                        .mapToObj(
                                i ->
                                        "apps/service-%d.yaml:%d:5 spec.processes.web.port: expected a whole number from 1 to 65535, got \"http\" [E-TYPE]"
                                                .formatted(i, i * 3))
                        .toList();
        return pass(
                List.of(),
                problems,
                List.of(
                        instance(
                                condition(
                                        ConditionType.SourceVerified,
                                        Status.False,
                                        ReasonCode.SourceUnavailable,
                                        "https://git.example.com/ops/config.git: connection timed"
                                                + " out after 20 s"),
                                condition(
                                        ConditionType.Ready,
                                        Status.False,
                                        ReasonCode.SourceUnavailable,
                                        "https://git.example.com/ops/config.git: connection timed"
                                                + " out after 20 s")),
                        app("guestbook", 1, ready()),
                        app("hello", 1, ready())));
    }

    /** The newest commit is not signed; all runs as the one before wants it. */
    static PassReport commitRefused() {
        String why =
                "commit 0123456789ab by Eve <eve@example.com> is not followed: it is not signed";
        return pass(
                List.of(),
                List.of(),
                List.of(
                        instance(
                                condition(
                                        ConditionType.SourceVerified,
                                        Status.False,
                                        ReasonCode.SignatureInvalid,
                                        why),
                                condition(
                                        ConditionType.Ready,
                                        Status.False,
                                        ReasonCode.SignatureInvalid,
                                        why)),
                        app("guestbook", 1, ready())));
    }

    /** Nothing can be said of how things stand. */
    static PassReport unknown(ReasonCode reason, String cause) {
        Condition ready = condition(ConditionType.Ready, Status.Unknown, reason, cause);
        return pass(
                List.of(),
                List.of(),
                List.of(
                        instance(
                                condition(
                                        ConditionType.SourceVerified,
                                        Status.True,
                                        ReasonCode.Succeeded,
                                        "read " + REVISION),
                                ready),
                        app("guestbook", 1, ready)));
    }

    private static PassReport pass(
            List<ChangeReport> changes, List<String> problems, List<ResourceStatus> resources) {
        return new PassReport(
                "019d4c2e7a1b",
                "push to the config repo",
                REVISION,
                "Ada Lovelace <ada@example.com>",
                NOW.minusSeconds(12),
                Duration.ofMillis(2140),
                "Plan at 3f9a1c2be07d\n\n  app/shop\n    start release 7c1e\n      spec.image:"
                        + " \"shop:1.4.1\" -> \"shop:1.4.2\"\n",
                changes,
                problems,
                resources);
    }

    private static ResourceStatus instance(Condition... conditions) {
        return status(
                new ResourceId(Kind.Instance, "home"), REVISION, List.of(), Map.of(), conditions);
    }

    private static ResourceStatus app(String name, int replicas, Condition... conditions) {
        Condition condition = conditions[0];
        return status(
                ResourceId.app(name),
                REVISION,
                List.of("http://" + name + ".localhost:8080"),
                replicas == 0
                        ? Map.of()
                        : Map.of(
                                "web",
                                new Replicas(
                                        replicas,
                                        condition.reason() == ReasonCode.Suspended ? 0 : replicas)),
                conditions);
    }

    private static ResourceStatus app(
            String name, int replicas, Condition condition, String problem) {
        ResourceStatus whole = app(name, replicas, condition);
        return new StatusOf(whole).applied(OLD).problems(problem).make();
    }

    private static ResourceStatus domain(String name, String url) {
        return status(new ResourceId(Kind.Domain, name), REVISION, List.of(url), Map.of(), ready());
    }

    private static ResourceStatus shop() {
        List<String> lines = new ArrayList<>(List.of("GET /healthz answered HTTP 500"));
        lines.add("The last lines of its log:");
        IntStream.range(0, 8).forEach(i -> lines.add("10:13:2" + i + " retrying the database"));
        lines.add("Error: connect ECONNREFUSED 10.0.3.2:5432");
        ResourceStatus status =
                status(
                        ResourceId.app("shop"),
                        OLD,
                        List.of("https://shop.example.com", "http://shop.localhost:8080"),
                        Map.of("web", new Replicas(2, 2), "worker", new Replicas(2, 1)),
                        condition(
                                ConditionType.Ready,
                                Status.False,
                                ReasonCode.HealthCheckFailed,
                                String.join("\n", lines)),
                        condition(
                                ConditionType.Stalled,
                                Status.True,
                                ReasonCode.HealthCheckFailed,
                                "not tried again until its spec changes"));
        return status.tried(REVISION, attempts());
    }

    private static List<Attempt> attempts() {
        return List.of(
                new Attempt(
                        REVISION,
                        "7c1e92ab",
                        NOW.minusSeconds(130),
                        Duration.ofSeconds(61),
                        "Ada Lovelace <ada@example.com>",
                        "image changed: shop:1.4.1 -> shop:1.4.2",
                        Attempt.Outcome.Failed,
                        "GET /healthz answered HTTP 500",
                        3),
                new Attempt(
                        OLD,
                        "a90c11d4",
                        NOW.minus(Duration.ofHours(5)),
                        Duration.ofMillis(2400),
                        "Grace Hopper <grace@example.com>",
                        "env.GREETING changed",
                        Attempt.Outcome.Succeeded,
                        null,
                        1));
    }

    private static ResourceStatus status(
            ResourceId id,
            String applied,
            List<String> urls,
            Map<String, Replicas> replicas,
            Condition... conditions) {
        return new StatusOf(id)
                .generation("9b2f4c51")
                .declaredAt(
                        id.kind() == Kind.App
                                ? "apps/" + id.name() + ".yaml:1:1"
                                : "berth.yaml:1:1")
                .revision(REVISION)
                .applied(applied)
                .conditions(conditions)
                .urls(urls)
                .replicas(replicas)
                .lastChange(
                        "start release a90c of " + id.name(),
                        NOW.minus(Duration.ofMinutes(7 + id.name().length() * 31L)))
                .make();
    }

    private static Condition ready() {
        return condition(ConditionType.Ready, Status.True, ReasonCode.Succeeded, "");
    }

    private static Condition updating() {
        return condition(
                ConditionType.Reconciling, Status.True, ReasonCode.Progressing, "building image");
    }

    private static Condition suspended() {
        return condition(ConditionType.Ready, Status.False, ReasonCode.Suspended, "");
    }
}
