package dev.berth.reconciler.forge;

import dev.berth.reconciler.source.RepoUrl;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A repo at a forge, however it is reached. Compared without case, as forges do.
 *
 * @param host in lower case, with the port of an http(s) URL that has one which is not the usual
 *     one; the port of ssh is another server's and is not there
 * @param path {@code acme/shop}, at GitLab with all groups; without {@code .git}
 */
public record ForgeRepo(String host, String path) {
    /** Where forges take ssh at the port of https, for who may use no other. */
    private static final Map<String, String> OVER_443 =
            Map.of(
                    "ssh.github.com", "github.com",
                    "altssh.gitlab.com", "gitlab.com",
                    "altssh.bitbucket.org", "bitbucket.org");

    public ForgeRepo {
        host = host.toLowerCase(Locale.ROOT);
        path = path.replaceAll("^/+|/+$", "").replaceFirst("(?i)\\.git$", "");
        if (host.isEmpty() || path.isEmpty()) {
            throw new IllegalArgumentException("a repo at a forge has a host and a path");
        }
    }

    /** The repo that a URL names; {@code null} when it is on this machine. */
    public static @Nullable ForgeRepo of(RepoUrl url) {
        String host = url.host();
        String path = url.path();
        return host == null || path.replaceFirst("(?i)\\.git/*$", "").replace("/", "").isEmpty()
                ? null
                : new ForgeRepo(host(url, host), path);
    }

    /**
     * Six hex digits that stand for the repo that a URL names, however it is written.
     *
     * @param url as config has it
     */
    public static String mark(String url) {
        String name = RepoUrl.withoutLogin(url);
        try {
            ForgeRepo repo = of(RepoUrl.parse(url));
            name = repo == null ? name : repo.toString().toLowerCase(Locale.ROOT);
        } catch (RepoUrl.InvalidRepoUrlException e) {
            // its text has to do
        }
        return RepoUrl.digest(name).substring(0, 6);
    }

    private static String host(RepoUrl url, String host) {
        return switch (url.scheme()) {
            case HTTP -> withPort(url, host, 80);
            case HTTPS -> withPort(url, host, 443);
            case SSH -> OVER_443.getOrDefault(host.toLowerCase(Locale.ROOT), host);
            case LOCAL -> host;
        };
    }

    private static String withPort(RepoUrl url, String host, int usual) {
        return url.port() < 0 || url.port() == usual ? host : host + ":" + url.port();
    }

    /** The last part of the path. */
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ForgeRepo that
                && host.equals(that.host)
                && path.equalsIgnoreCase(that.path);
    }

    @Override
    public int hashCode() {
        return 31 * host.hashCode() + path.toLowerCase(Locale.ROOT).hashCode();
    }

    /** {@code github.com/acme/shop} */
    @Override
    public String toString() {
        return host + "/" + path;
    }
}
