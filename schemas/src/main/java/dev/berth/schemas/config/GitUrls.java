package dev.berth.schemas.config;

/** The form of Git URLs and branch names (git-check-ref-format, without its rarest cases). */
final class GitUrls {
    static final String PATTERN =
            "(https?|ssh|file)://[^\\s]+|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^\\s]+|/[^\\s]*";
    static final String SAYS =
            "the URL of a Git repo such as https://github.com/acme/shop or git@host:acme/shop.git";
    static final String BRANCH_PATTERN =
            "(?![-/.])(?!refs/)(?!.*(\\.\\.|//|@\\{|/\\.|\\.lock$|[./]$))[^\\s~^:?*\\[\\\\\\x00-\\x1f\\x7f]+";
    static final String BRANCH_SAYS = "the name of a branch such as main";
    static final String TAG_SAYS = "the name of a tag such as v1.4.2";

    private GitUrls() {}
}
