package dev.berth.schemas.config;

/** The form of paths into a repo: relative, '/' between names, never out of the repo. */
final class RepoPaths {
    static final String PATTERN =
            "(?!/)(?!(.*/)?\\.\\.(/|$))(?!(.*/)?\\.git(/|$))[^\\\\\\x00-\\x1f]+";
    static final String SAYS = "a relative path inside the repo, without '..'";

    private RepoPaths() {}
}
