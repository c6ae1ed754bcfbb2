package dev.berth.reconciler.forge;

import dev.berth.reconciler.source.RepoUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A repo at a forge, however it is reached. Compared without case, as forges do.
 *
 * @param host in lower case, with the port of an http(s) URL that has one which is not the usual
 *     one; the port of ssh is another server's and is not there
 * @param path {@code acme/shop}, at GitLab with all groups; without {@code .git}
 */
public record ForgeRepo(String host, String path) {
    /** As Git has it for ssh: {@code git@host:path}. */
    private static final Pattern SCP = Pattern.compile("(?:[^@/]+@)?(\\[[^]/]+]|[^:/]+):(.+)");

    public ForgeRepo {
        host = host.toLowerCase(Locale.ROOT);
        path = path.replaceAll("^/+|/+$", "").replaceFirst("(?i)\\.git$", "");
        if (host.isEmpty() || path.isEmpty()) {
            throw new IllegalArgumentException("a repo at a forge has a host and a path");
        }
    }

    /** The repo that a URL names; {@code null} when it is on this machine. */
    public static @Nullable ForgeRepo of(RepoUrl url) {
        if (url.host() == null) {
            return null;
        }
        String shown = url.shown();
        Matcher scp = SCP.matcher(shown);
        if (!shown.contains("://") && scp.matches()) {
            return repo(scp.group(1), scp.group(2));
        }
        try {
            URI uri = new URI(shown);
            return uri.getHost() == null ? null : repo(host(url, uri), uri.getPath());
        } catch (URISyntaxException e) {
            return null; // Git takes it, but no forge has such a path
        }
    }

    private static @Nullable ForgeRepo repo(String host, String path) {
        return path.replaceFirst("(?i)\\.git/*$", "").replace("/", "").isEmpty()
                ? null
                : new ForgeRepo(host, path);
    }

    private static String host(RepoUrl url, URI uri) {
        int usual =
                switch (url.scheme()) {
                    case HTTP -> 80;
                    case HTTPS -> 443;
                    case SSH, LOCAL -> uri.getPort();
                };
        return uri.getPort() < 0 || uri.getPort() == usual
                ? uri.getHost()
                : uri.getHost() + ":" + uri.getPort();
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
