package dev.berth.reconciler.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds what Git servers ask for in a directory of the home, by the host's name: {@code
 * github.com.token} for https; {@code github.com.key}, or {@code id_ed25519} for every host, beside
 * {@code known_hosts} for ssh. A secret meets only the host it is for.
 */
public final class HomeKeys {
    private static final String ANY_HOST_KEY = "id_ed25519";
    private static final String KNOWN_HOSTS = "known_hosts";

    private HomeKeys() {}

    /** Looks anew at each use, so that a new file counts at once. */
    public static Credentials.Keyring in(Path directory) {
        return url -> credentials(directory, url);
    }

    private static Credentials credentials(Path directory, RepoUrl url) {
        @Nullable String named = url.host();
        if (named == null) {
            return new Credentials.None();
        }
        String host = named.toLowerCase(Locale.ROOT);
        return switch (url.scheme()) {
            case LOCAL -> new Credentials.None();
            case HTTP, HTTPS -> {
                Path token = directory.resolve(host + ".token");
                yield Files.isRegularFile(token)
                        ? new Credentials.TokenFile(token)
                        : new Credentials.None();
            }
            case SSH -> {
                Path own = directory.resolve(host + ".key");
                yield new Credentials.SshKey(
                        Files.isRegularFile(own) ? own : directory.resolve(ANY_HOST_KEY),
                        directory.resolve(KNOWN_HOSTS));
            }
        };
    }
}
