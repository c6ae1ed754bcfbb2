package dev.berth.schemas.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is told when resources fail and when they are well again. */
@Describe("Tells people when resources fail, and when they are well again.")
public record Alert(
        @Describe("Name and labels.") Metadata metadata,
        @Describe("Who is told of what. Exactly one of slack, webhook and email.") Spec spec)
        implements Document {

    /** Exactly one of {@code slack}, {@code webhook} and {@code email} is set. */
    @ExactlyOne({"slack", "webhook", "email"})
    public record Spec(
            @Describe("A channel of Slack, or of what takes Slack's messages.")
                    @Nullable Slack slack,
            @Describe("An HTTP endpoint of your own, which gets JSON.") @Nullable Webhook webhook,
            @Describe("Mail by an SMTP server.") @Nullable Email email,
            @Describe(
                            value =
                                    "What is told: Failed (whatever the reason) or single reasons, and Recovered. None = [Failed, Recovered].",
                            examples = "[PruneBlocked, Recovered]")
                    List<Event> on,
            @Describe(
                            value =
                                    "Whose failures: kind/name, * for anything. None = all. What concerns all, such as an engine that is gone, is told of the instance.",
                            examples = "[app/*, instance/*]")
                    @Matches(pattern = RESOURCE, says = "kind/name with * for anything: app/*")
                    List<String> resources) {
        static final String RESOURCE = "\\*|[a-z]+/[a-z0-9*-]{1,40}";

        public Spec {
            on = on.isEmpty() ? List.of(Event.Failed, Event.Recovered) : List.copyOf(on);
            resources = resources.isEmpty() ? List.of("*") : List.copyOf(resources);
        }
    }

    /** What an alert may tell of; all but two are reasons of a failure. */
    @Verbatim
    public enum Event {
        @Describe("a resource is not as it should be, for any reason")
        Failed,
        @Describe("it is well again, for a minute")
        Recovered,
        @Describe("its document is wrong")
        ValidationFailed,
        @Describe("the config repo, or a source, can't be read")
        SourceUnavailable,
        @Describe("the newest commit is not signed as it must be")
        SignatureInvalid,
        @Describe("its image can't be built")
        BuildFailed,
        @Describe("its image can't be pulled")
        PullFailed,
        @Describe("what was built can't be pushed to the registry")
        PushFailed,
        @Describe("its containers do not start")
        StartFailed,
        @Describe("its containers do not become ready")
        HealthCheckFailed,
        @Describe(
                "its containers are stopped or changed by others again and again, or keep exiting")
        Flapping,
        @Describe("the command of its release failed")
        ReleaseCommandFailed,
        @Describe("a job failed")
        JobFailed,
        @Describe("the container engine does not answer")
        EngineUnavailable,
        @Describe("no edge is connected")
        EdgeUnavailable,
        @Describe("the disk is full")
        DiskFull,
        @Describe("a disk is nearly full, after Berth has cleaned up")
        DiskPressure,
        @Describe("more would be deleted than is allowed at once")
        PruneBlocked,
        @Describe("something else has its name")
        Conflict,
        @Describe("its new release failed, for whatever reason, and the one before goes on serving")
        RolledBack,
        @Describe("what it runs by the clock was not run")
        RunMissed,
        @Describe("it is pinned to a release that is not remembered")
        UnknownRelease,
        @Describe("the edge did not take its new routes")
        SwitchFailed,
        @Describe("what it leaves behind can't be removed")
        PruneFailed,
        @Describe("Berth could not tell for a minute whether it may write, and deploys nothing")
        WriterUnknown,
        @Describe("a certificate is about to expire, and can't be renewed")
        CertificateExpiring,
        @Describe("a certificate has expired")
        CertificateExpired,
        @Describe("a host's records in DNS lead elsewhere, so it gets no certificate")
        HostNotPointing,
        @Describe("a CAA record forbids its certificate")
        CaaForbids,
        @Describe("the certificate authority could not see that a host is yours")
        ChallengeFailed,
        @Describe("a record for its certificate can't be written or seen")
        DnsProviderFailed,
        @Describe("the certificate authority is not reached, or refused its certificate")
        CertificateAuthorityFailed,
        @Describe("the certificate authority wants no more orders for now")
        RateLimited,
        @Describe("its certificate of your own can't be used")
        CertificateInvalid,
        @Describe("Berth itself failed at it")
        InternalError
    }

    /** A Slack incoming webhook. */
    public record Slack(
            @Describe("The URL of the incoming webhook, which is a secret.") Credential url) {}

    /** An HTTP endpoint. */
    public record Webhook(
            @Describe(
                            value =
                                    "Gets a POST with JSON for each message; any 2xx answer takes it.",
                            examples = "https://ops.example.com/berth")
                    @Matches(
                            pattern = "https?://[\\x21-\\x7e]{1,2000}",
                            says = "a URL starting with https:// or http://")
                    EnvValue url,
            @Describe(
                            "Key that messages are signed with: X-Berth-Signature is sha256= and the hex HMAC-SHA256 of X-Berth-Timestamp, '.' and the body.")
                    @Nullable Credential secret) {}

    /** Mail. */
    public record Email(
            @Describe(value = "Who gets it.", examples = "[ops@example.com]")
                    @Matches(pattern = ADDRESS, says = "a mail address such as ops@example.com")
                    List<String> to,
            @Describe(value = "Who it is from.", examples = "berth@example.com")
                    @Matches(pattern = ADDRESS, says = "a mail address such as berth@example.com")
                    String from,
            @Describe(value = "Host name of the SMTP server.", examples = "smtp.example.com")
                    @Matches(
                            pattern = "[A-Za-z0-9.:-]{1,253}",
                            says = "a host name or an IP address")
                    String server,
            @Describe("Its port.") @Default("587") @Range(min = 1, max = 65_535) int port,
            @Describe("How the connection is encrypted.") @Default("starttls") Tls tls,
            @Describe("Login, if the server wants one.") @Needs("password") @Nullable String user,
            @Describe("Its password.") @Needs("user") @Nullable Credential password) {
        static final String ADDRESS = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}";

        public Email {
            to = List.copyOf(to);
        }
    }

    /** How a connection to an SMTP server is encrypted. */
    public enum Tls {
        @Describe("begun in the clear, then encrypted; without encryption nothing is sent")
        STARTTLS,
        @Describe("from the first byte, as port 465 wants it")
        IMPLICIT,
        @Describe("not at all; for a server on this machine")
        NONE
    }

    /** A value that does not stand in the alert: of a file of the home, or of a Secret. */
    @Describe("A value that is shown nowhere. Exactly one of fromFile and fromSecret.")
    @ExactlyOne({"fromFile", "fromSecret"})
    public record Credential(
            @Describe(
                            value =
                                    "Name of a file of Berth's home that holds it, read at each use: keys/alerts/<name> for the URL of a channel, keys/alerts/<server>/<name> for what that server alone is to be told.",
                            examples = "ops-webhook")
                    @Matches(
                            pattern = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
                            says = "a file name of letters, digits, '.', '_' and '-'")
                    @Nullable String fromFile,
            @Describe(
                            value = "A key of a Secret of the config repo, as <name>.<key>.",
                            examples = "ops.webhook")
                    @Matches(
                            pattern = EnvValue.FromSecret.PATTERN,
                            says = "a Secret's name and key such as ops.webhook")
                    @Nullable String fromSecret) {
        /** What a file of the home holds. */
        public static Credential ofFile(String name) {
            return new Credential(name, null);
        }

        /** What a key of a Secret holds, written {@code name.key}. */
        public static Credential ofSecret(String reference) {
            return new Credential(null, reference);
        }

        /** The key of a Secret that is meant; {@code null} when it is a file. */
        public EnvValue.@Nullable FromSecret reference() {
            return fromSecret == null ? null : new EnvValue.FromSecret(fromSecret);
        }
    }
}
