package dev.berth.schemas.status;

/** The aspects of a resource that a condition speaks of (kstatus vocabulary plus ours). */
public enum ConditionType {
    /** True: the wanted generation serves. False: it does not. */
    Ready,
    /** True: Berth is working towards the wanted generation. */
    Reconciling,
    /** True: a person must act; Berth does not retry this generation. */
    Stalled,
    /**
     * True: the config repo was read lately, and its newest commit may be followed. Instance only.
     */
    SourceVerified,
    /**
     * True: what serves passes its image's HEALTHCHECK. False: it does not, or keeps exiting.
     * Unknown: it has not answered yet. Not there for what has nothing to go by. Of the instance:
     * whether there is room on the disks.
     */
    Healthy,
    /**
     * True: each of its hosts has a certificate that the edge serves. False: one has none, or it is
     * about to expire. Not there for what has no host that could have one. Ready does not depend on
     * it.
     */
    CertificateReady
}
