package dev.berth.reconciler.webhook;

import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.Instance.ForgeType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A repo on a host, however its URL is written: all URLs of a repo give the same, but that those
 * for HTTP have the port of the web server and those for SSH none. Compared without case.
 *
 * @param host lower case, with the port unless it is the usual one
 * @param path lower case, without {@code .git} and slashes around it
 */
record RepoAddress(String host, String path) {
    private static final String AZURE = "dev.azure.com";

    /** {@code null} when it is not the URL of a repo, or of one on this machine. */
    static @Nullable RepoAddress of(String url, ForgeType type) {
        try {
            return of(RepoUrl.parse(url), type);
        } catch (RepoUrl.InvalidRepoUrlException e) {
            return null;
        }
    }

    /** {@code null} when it is on this machine. */
    static @Nullable RepoAddress of(RepoUrl url, ForgeType type) {
        return switch (url.scheme()) {
            case LOCAL -> null;
            case HTTP -> split(url, type, ":80");
            case HTTPS -> split(url, type, ":443");
            case SSH -> split(url, type, null);
        };
    }

    /**
     * @param usual the port to leave out; {@code null} = whatever it is
     */
    private static @Nullable RepoAddress split(
            RepoUrl url, ForgeType type, @Nullable String usual) {
        String text = url.shown().toLowerCase(Locale.ROOT);
        int scheme = text.indexOf("://");
        String rest = scheme < 0 ? text : text.substring(scheme + 3);
        int end = rest.indexOf(scheme < 0 ? ':' : '/');
        if (end <= 0) {
            return null;
        }
        String authority = rest.substring(rest.lastIndexOf('@', end) + 1, end);
        int port = authority.lastIndexOf(':');
        boolean hasPort = port > authority.lastIndexOf(']');
        String host =
                hasPort && (usual == null || authority.endsWith(usual))
                        ? authority.substring(0, port)
                        : authority;
        return plain(host, path(rest.substring(end + 1)), type);
    }

    private static String path(String written) {
        String path = written;
        while (path.startsWith("/")) {
            path = path.substring(1);
        }
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return path.endsWith(".git") ? path.substring(0, path.length() - 4) : path;
    }

    private static RepoAddress plain(String host, String path, ForgeType type) {
        return switch (type) {
            case AZURE -> ofAzure(host, path);
            case BITBUCKET_SERVER -> new RepoAddress(host, lastTwo(path));
            case GITHUB, GITLAB, GITEA, FORGEJO, GOGS, BITBUCKET, GENERIC ->
                    new RepoAddress(host, path);
        };
    }

    /** Its URLs for HTTP have more before project and repo than those for SSH. */
    private static String lastTwo(String path) {
        int last = path.lastIndexOf('/');
        return last < 0 ? path : path.substring(path.lastIndexOf('/', last - 1) + 1);
    }

    /** It has three hosts for a repo, and leaves out the project that is named as the repo. */
    private static RepoAddress ofAzure(String host, String path) {
        String whole = path;
        if (host.equals("ssh." + AZURE) || host.equals("vs-ssh.visualstudio.com")) {
            String[] parts = path.split("/", -1);
            if (parts.length != 4) {
                return new RepoAddress(host, path);
            }
            whole = "%s/%s/_git/%s".formatted(parts[1], parts[2], parts[3]);
        } else if (host.endsWith(".visualstudio.com")) {
            String organisation = host.substring(0, host.indexOf('.'));
            String collection = "defaultcollection/";
            whole =
                    organisation
                            + "/"
                            + (path.startsWith(collection)
                                    ? path.substring(collection.length())
                                    : path);
        } else if (!host.equals(AZURE)) {
            return new RepoAddress(host, path);
        }
        String[] parts = whole.split("/_git/", -1);
        return new RepoAddress(
                AZURE,
                parts.length == 2 && parts[0].indexOf('/') < 0
                        ? "%s/%s/_git/%s".formatted(parts[0], parts[1], parts[1])
                        : whole);
    }

    /** {@code host/path}. */
    @Override
    public String toString() {
        return host + "/" + path;
    }
}
