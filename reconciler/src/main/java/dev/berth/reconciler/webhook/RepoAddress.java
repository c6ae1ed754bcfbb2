package dev.berth.reconciler.webhook;

import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.Instance.ForgeType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ForgeRepo} as its forge's deliveries name it: where a forge has more than one path for a
 * repo, all give the same. Compared without case.
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
        ForgeRepo repo = ForgeRepo.of(url);
        return repo == null ? null : plain(repo.host(), repo.path().toLowerCase(Locale.ROOT), type);
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
