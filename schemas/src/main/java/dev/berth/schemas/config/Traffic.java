package dev.berth.schemas.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the edge treats the requests of an app, whatever host they come for. */
public record Traffic(
        @Describe(
                        value = "Greatest request body; larger ones get 413. None = no limit.",
                        examples = "20Mi")
                @Within(min = "0", max = "1024Gi")
                @Nullable ByteSize maxBody,
        @Describe("How many requests a client address may send; others get 429.")
                @Nullable RateLimit rateLimit,
        @Describe(
                        value = "Networks that may ask; all others get 403. None = everybody may.",
                        examples = "[10.0.0.0/8, 'fd00::/8']")
                @Matches(
                        pattern = Cidr.PATTERN,
                        says = "a network such as 10.0.0.0/8 or an IP address")
                List<String> allow,
        @Describe(
                        value = "Networks that get 403, even if allow has them.",
                        examples = "[203.0.113.7]")
                @Matches(
                        pattern = Cidr.PATTERN,
                        says = "a network such as 10.0.0.0/8 or an IP address")
                List<String> deny,
        @Describe("A password wall, for example before a preview.") @Nullable BasicAuth basicAuth,
        @Describe("Header fields for security, by name of their purpose.") @Default("{}")
                Headers headers,
        @Describe(
                        value =
                                "Header fields set on every answer, in place of the app's own; an empty value removes one.",
                        examples = "{X-Robots-Tag: noindex}")
                @Matches(
                        pattern = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}",
                        says = "the name of a header field")
                Map<String, String> responseHeaders,
        @Describe(
                        "Compress text that the app sends uncompressed, in what the client reads of br, zstd and gzip; never event streams.")
                @Default("true")
                boolean compression,
        @Describe("A cookie brings a client back to the container it had, as long as that serves.")
                @Default("false")
                boolean sticky,
        @Describe("Pages that browsers get in place of Berth's own error pages.")
                @Nullable ErrorPages errorPages,
        @Describe(
                        "Send requests over http to https: true always, false never. Not given: once the host has a certificate.")
                @Nullable Boolean redirectHttps) {
    public Traffic {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        responseHeaders = Map.copyOf(responseHeaders);
    }

    /**
     * The same with one more header field on every answer, and with another password wall.
     *
     * @param wall {@code null} = the one that there is
     */
    public Traffic with(String field, String value, @Nullable BasicAuth wall) {
        Map<String, String> fields = new HashMap<>(responseHeaders);
        fields.putIfAbsent(field, value);
        return new Traffic(
                maxBody,
                rateLimit,
                allow,
                deny,
                wall == null ? basicAuth : wall,
                headers,
                fields,
                compression,
                sticky,
                errorPages,
                redirectHttps);
    }

    /** A bucket of tokens per client address. */
    public record RateLimit(
            @Describe(value = "Requests per period.", examples = "50")
                    @Range(min = 1, max = 1_000_000)
                    int requests,
            @Describe("The period.") @Default("1s") @Within(min = "1s", max = "1d") Duration per,
            @Describe("Requests that may come at once; as many as requests when not given.")
                    @Range(min = 1, max = 1_000_000)
                    @Nullable Integer burst) {}

    /** Who may pass the wall. */
    public record BasicAuth(
            @Describe("What the browser shows.")
                    @Default("restricted")
                    @Matches(
                            pattern = "[A-Za-z0-9 ._-]{1,64}",
                            says = "at most 64 letters, digits, spaces, '.', '_' and '-'")
                    String realm,
            @Describe(
                            value =
                                    "Users by name, each with a hash of the password: bcrypt as `htpasswd -nB NAME` prints it, or sha256:<salt>:<hex of SHA-256 of salt and password>. Never the password.",
                            examples =
                                    "{ada: '$2y$10$abcdefghijklmnopqrstuuOlQ3EJNBhDLs8uqiMEpSbhXLhc2p1bG'}")
                    @Matches(
                            pattern = "[^:\\x00-\\x1f]{1,64}",
                            says = "a user name without ':', at most 64 long")
                    Map<String, String> users) {
        public BasicAuth {
            users = Map.copyOf(users);
        }
    }

    /** Presets; what the app itself says wins. */
    public record Headers(
            @Describe(
                            value =
                                    "Strict-Transport-Security with this max-age, on answers over https.",
                            examples = "365d")
                    @Within(min = "0s", max = "3650d")
                    @Nullable Duration hsts,
            @Describe("X-Content-Type-Options: nosniff.") @Default("false") boolean nosniff,
            @Describe("X-Frame-Options.") @Nullable Frame frame,
            @Describe("Referrer-Policy.") @Nullable Referrer referrer) {}

    /** Who may show the app in a frame. */
    public enum Frame {
        @Describe("nobody")
        DENY,
        @Describe("pages of the same origin")
        SAMEORIGIN
    }

    /** What a browser tells other sites about where it came from. */
    public enum Referrer {
        @Describe("nothing, to nobody")
        NO_REFERRER,
        @Describe("the address, to the same origin only")
        SAME_ORIGIN,
        @Describe("the origin alone, and nothing from https to http")
        STRICT_ORIGIN,
        @Describe("the address to the same origin, else as strict-origin")
        STRICT_ORIGIN_WHEN_CROSS_ORIGIN
    }

    /** Pages, each at most 16 KiB. {{status}} and {{request}} stand for status and request id. */
    @ExactlyOne({"path", "pages"})
    public record ErrorPages(
            @Describe(
                            value =
                                    "Directory in this config repo with files named 404.html, 503.html, 5xx.html and so on.",
                            examples = "errors")
                    @Matches(pattern = RepoPaths.PATTERN, says = RepoPaths.SAYS)
                    @Nullable String path,
            @Describe(value = "HTML by status.", examples = "{5xx: '<h1>Back soon</h1>'}")
                    @Matches(
                            pattern = "[45](xx|[0-9]{2})",
                            says = "a status such as 503, or 4xx or 5xx for all others")
                    Map<String, String> pages) {
        public ErrorPages {
            pages = Map.copyOf(pages);
        }
    }
}
