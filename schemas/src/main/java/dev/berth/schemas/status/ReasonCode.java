package dev.berth.schemas.status;

/** Why a condition has its status: one CamelCase word for machines, stable across versions. */
public enum ReasonCode {
    Succeeded,
    Progressing,
    ProgressingWithRetry,
    ValidationFailed,
    SourceUnavailable,
    BuildFailed,
    PullFailed,
    StartFailed,
    HealthCheckFailed,
    SwitchFailed,
    EngineUnavailable,
    EdgeUnavailable,
    DiskFull,
    DiskPressure,
    PruneBlocked,
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
    NotWriter,
    WriterUnknown,
    RolledBack,
    PushFailed,
    CertificateIssuing,
    CertificateExpiring,
    CertificateExpired,
    CertificateInvalid,
    CertificateAuthorityFailed,
    HostNotPointing,
    CaaForbids,
    ChallengeFailed,
    DnsProviderFailed,
    RateLimited,
    WildcardNeeded,
    NotConfigured;

    /** No certificate, and nobody asked for one: all is well without. */
    public boolean isNotAskedFor() {
        return this == WildcardNeeded || this == NotConfigured;
    }
}
