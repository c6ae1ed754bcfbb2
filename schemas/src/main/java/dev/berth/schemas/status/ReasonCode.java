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
    NotWriter,
    RolledBack
}
