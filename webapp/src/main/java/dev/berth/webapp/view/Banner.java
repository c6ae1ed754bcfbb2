package dev.berth.webapp.view;

import dev.berth.reconciler.status.StatusBoard.Posting;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something about the whole that a person should know before the rest.
 *
 * @param tone the colour's name in the style sheet
 */
public record Banner(String tone, String title, String text) {

    /**
     * Everything worth a banner now.
     *
     * @param historyFailure why the history can't be written; {@code null} when it can
     */
    public static List<Banner> of(
            @Nullable Posting posting, @Nullable String historyFailure, Instant now) {
        Set<Banner> banners = new LinkedHashSet<>();
        if (posting != null) {
            posting.pass().resources().stream()
                    .filter(status -> status.id().kind() == Kind.Instance)
                    .forEach(status -> banners.addAll(ofInstance(status)));
            if (posting.restored()) {
                banners.add(
                        new Banner(
                                "work",
                                "Berth has just started",
                                "What you see is the state of %s; the first pass is under way."
                                        .formatted(
                                                Moment.of(posting.pass().startedAt(), now).ago())));
            }
        }
        if (historyFailure != null) {
            banners.add(
                    new Banner(
                            "warn",
                            "History is not available",
                            historyFailure
                                    + ". Apps keep running and being deployed; past passes and"
                                    + " events are shown again when the database answers."));
        }
        return List.copyOf(banners);
    }

    private static List<Banner> ofInstance(ResourceStatus status) {
        List<Banner> banners = new ArrayList<>();
        for (Condition condition : status.conditions()) {
            String tone = tone(condition);
            if (tone != null
                    && !listedBelow(condition)
                    && banners.stream().noneMatch(b -> b.text().equals(condition.message()))) {
                banners.add(new Banner(tone, title(condition), condition.message()));
            }
        }
        return banners;
    }

    /** {@code null} when all is as it should be. What can't be told may pass by itself. */
    private static @Nullable String tone(Condition condition) {
        return switch (condition.type()) {
            case Ready, SourceVerified, Healthy ->
                    switch (condition.status()) {
                        case True -> null;
                        case False -> "bad";
                        case Unknown -> "warn";
                    };
            case Stalled -> condition.status() == Condition.Status.True ? "bad" : null;
            case CertificateReady ->
                    condition.status() == Condition.Status.True || isOnItsWay(condition)
                            ? null
                            : "warn";
            case Reconciling -> null;
        };
    }

    /** A certificate that is on its way, or that the instance does without. */
    private static boolean isOnItsWay(Condition condition) {
        return condition.reason() == ReasonCode.CertificateIssuing
                || condition.reason().isNotAskedFor();
    }

    /** Mistakes have a list of their own, each with its place. */
    private static boolean listedBelow(Condition condition) {
        return condition.reason() == ReasonCode.ValidationFailed;
    }

    private static String title(Condition condition) {
        if (condition.reason() == ReasonCode.SignatureInvalid) {
            return "The newest commit is not signed as it must be; it is not deployed";
        }
        if (condition.reason() == ReasonCode.SourceUnavailable
                || condition.type() == ConditionType.SourceVerified) {
            return "The config repo can't be read; nothing is changed until it can";
        }
        return switch (condition.reason()) {
            case EngineUnavailable -> "The container engine does not answer";
            case EdgeUnavailable -> "The edge is not connected";
            case DiskFull -> "The disk is full";
            case DiskPressure -> "The disk is nearly full";
            case WriterUnknown -> "Berth can't tell whether it may write, and deploys nothing";
            case NotWriter -> "Another Berth writes; this one only looks on";
            case PruneBlocked -> "Deletions wait for a person";
            case ValidationFailed -> "The config repo has mistakes";
            case CertificateExpiring -> "A certificate is about to expire";
            case CertificateExpired -> "A certificate has expired";
            case CertificateAuthorityFailed -> "The certificate authority gives no certificate";
            case HostNotPointing, CaaForbids, ChallengeFailed, DnsProviderFailed, RateLimited ->
                    "A certificate can't be ordered";
            case CertificateInvalid -> "A certificate of your own can't be used";
            case Succeeded,
                    Progressing,
                    ProgressingWithRetry,
                    SourceUnavailable,
                    BuildFailed,
                    PullFailed,
                    PushFailed,
                    StartFailed,
                    HealthCheckFailed,
                    SwitchFailed,
                    PruneFailed,
                    Suspended,
                    Asleep,
                    Conflict,
                    Superseded,
                    InternalError,
                    Flapping,
                    SignatureInvalid,
                    DependencyNotReady,
                    ReleaseCommandFailed,
                    JobFailed,
                    JobSucceeded,
                    RunMissed,
                    UnknownRelease,
                    RolledBack,
                    CertificateIssuing,
                    WildcardNeeded,
                    NotConfigured ->
                    condition.reason().name();
        };
    }
}
