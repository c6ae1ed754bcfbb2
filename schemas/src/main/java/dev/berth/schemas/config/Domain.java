package dev.berth.schemas.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One host name and where its requests go. */
@Describe("A host name and where its requests go: to apps by path, or to another host.")
public record Domain(
        @Describe("Name and labels.") Metadata metadata,
        @Describe("Where its requests go.") Spec spec)
        implements Document {

    /** Exactly one of {@code routes} and {@code redirectTo} is set. */
    @ExactlyOne({"routes", "redirectTo"})
    public record Spec(
            @Describe(
                            value =
                                    "The host name. *.example.com is every name with one more label for which no other document speaks; its certificate needs spec.dns of the Instance.",
                            examples = "www.example.com")
                    @Matches(pattern = HostNames.WILDCARD_PATTERN, says = HostNames.WILDCARD_SAYS)
                    @Substituted
                    String host,
            @Describe("Answer every request with 308 to the same path on this host.")
                    @Matches(pattern = HostNames.PATTERN, says = HostNames.SAYS)
                    @Substituted
                    @Nullable String redirectTo,
            @Describe("Apps by path; the longest matching path wins.") List<Route> routes,
            @Describe(
                            "Also claims the host with www. before it, or without the www. that it has, and redirects that here.")
                    @Default("false")
                    boolean www,
            @Describe("The certificate of the host.") @Default("{}") Tls tls) {
        public Spec {
            routes = List.copyOf(routes);
        }
    }

    /** One path of a host. */
    public record Route(
            @Describe("Requests to this path and below it; matches whole segments.")
                    @Default("/")
                    @Matches(pattern = "/[\\x21-\\x7e]*", says = "a path starting with /")
                    String path,
            @Describe("Name of the app.")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "the name of an app")
                    String app,
            @Describe("Process of the app.")
                    @Default("web")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,18}[a-z0-9])?",
                            says = "the name of a process")
                    String process,
            @Describe("Another app that answers part of the requests.") @Nullable Canary canary,
            @Describe(
                            "The app gets requests without the path: /api/users as /users. X-Forwarded-Prefix tells it what was taken off.")
                    @Default("false")
                    boolean strip) {
        /** One whose app gets the whole path. */
        public Route(String path, String app, String process, @Nullable Canary canary) {
            this(path, app, process, canary, false);
        }
    }

    /** Who gets part of a route's requests. */
    public record Canary(
            @Describe("Name of the other app; its web process answers.")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "the name of an app")
                    String app,
            @Describe(
                            "Share of the requests in percent, at random; a sticky cookie keeps a client where it was.")
                    @Default("0")
                    @Range(min = 0, max = 100)
                    int weight,
            @Describe("Requests with this header field go there.") @Nullable Match header,
            @Describe("Requests with this cookie go there.") @Nullable Match cookie) {}

    /** A name and its value. */
    public record Match(
            @Describe(value = "Name.", examples = "X-Canary")
                    @Matches(
                            pattern = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}",
                            says = "the name of a header field or cookie")
                    String name,
            @Describe(value = "The whole value.", examples = "yes")
                    @Matches(
                            pattern = "[\\x21-\\x7e]{1,256}",
                            says = "at most 256 printable ASCII characters without spaces")
                    String value) {}
}
