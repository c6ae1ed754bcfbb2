package dev.berth.schemas.config;

/**
 * The form of host names in config: lower-case labels as in RFC 1123 section 2.1, no port, no
 * trailing dot.
 */
final class HostNames {
    static final String PATTERN =
            "(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*";
    static final String WILDCARD_PATTERN =
            "(?=.{1,253}$)(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*";
    static final String WILDCARD_SAYS =
            "a lower-case host name without scheme, port or path, or *. and such a name";
    static final String SAYS = "a lower-case host name without scheme, port or path";

    private HostNames() {}
}
