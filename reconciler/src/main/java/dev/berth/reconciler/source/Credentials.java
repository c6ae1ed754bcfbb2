package dev.berth.reconciler.source;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What proves to a Git server that Berth may read. Files are read anew for each look, so a rotated
 * secret counts at once. No text of these records holds a secret.
 */
public sealed interface Credentials {
    /** Nothing but what the URL itself has ({@code https://user:password@host/...}). */
    record None() implements Credentials {}

    /**
     * A password or access token for https; only ever sent to the URL's own host, and over plain
     * http only to this machine.
     *
     * @param file holds the token and perhaps a line end
     */
    record TokenFile(Path file) implements Credentials {}

    /** A token that was given directly, by an environment variable. */
    record Token(String value) implements Credentials {
        @Override
        public String toString() {
            return "Token[value=***]";
        }
    }

    /**
     * A private key for ssh. Neither the agent nor anything in {@code ~/.ssh} is used beside it.
     *
     * @param key OpenSSH or PEM file without passphrase
     * @param knownHosts OpenSSH known_hosts file; a server whose key is not in it is refused
     */
    record SshKey(Path key, Path knownHosts) implements Credentials {}

    /** Chooses credentials for a repo, so that a secret meets only the host it is for. */
    @FunctionalInterface
    interface Keyring {
        Credentials credentialsFor(RepoUrl url);

        /**
         * One set of credentials per host.
         *
         * @param byHost key: host name in lower case, without port
         */
        static Keyring ofHosts(Map<String, Credentials> byHost) {
            Map<String, Credentials> copy = Map.copyOf(byHost);
            return url -> {
                String host = url.host();
                return host == null
                        ? new None()
                        : copy.getOrDefault(host.toLowerCase(Locale.ROOT), new None());
            };
        }
    }
}
