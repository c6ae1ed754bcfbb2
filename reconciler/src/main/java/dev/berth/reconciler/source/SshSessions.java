package dev.berth.reconciler.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.transport.SshConfigStore;
import org.eclipse.jgit.transport.SshConstants;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.sshd.KeyPasswordProvider;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.jspecify.annotations.Nullable;

/** Makes ssh connections that use one key file and one known_hosts file and nothing else. */
final class SshSessions {
    private static final Pattern OPENSSH_KEY =
            Pattern.compile("-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END");

    private SshSessions() {}

    /**
     * @throws UnusableCredentials if a file is missing or the key needs a passphrase
     */
    static SshSessionFactory with(Credentials.SshKey credentials) throws UnusableCredentials {
        requireKey(credentials.key());
        requireReadable(credentials.knownHosts(), "known_hosts file");
        File home = credentials.knownHosts().toAbsolutePath().toFile().getParentFile();
        return new SshdSessionFactoryBuilder()
                .setHomeDirectory(home)
                .setSshDirectory(home)
                .setConfigStoreFactory((_, _, _) -> new StrictConfig())
                .setDefaultKnownHostsFiles(_ -> List.of(credentials.knownHosts()))
                .setDefaultIdentities(_ -> List.of(credentials.key()))
                .setPreferredAuthentications("publickey")
                .setKeyPasswordProvider(_ -> new NoPassphrase())
                .setProxyDataFactory(_ -> null)
                .setConnectorFactory(null)
                .build(null);
    }

    private static void requireKey(Path key) throws UnusableCredentials {
        requireReadable(key, "ssh key file");
        try {
            if (Files.size(key) > 64 * 1024) {
                throw new UnusableCredentials("%s is too large for an ssh key".formatted(key));
            }
            if (isEncrypted(Files.readString(key, StandardCharsets.ISO_8859_1))) {
                throw encrypted(key.toString());
            }
        } catch (UnusableCredentials e) {
            throw e;
        } catch (IOException e) {
            throw new UnusableCredentials("the ssh key file %s can't be read".formatted(key));
        }
    }

    /** PEM says so in words, OpenSSH's own format in the cipher's name, which comes first. */
    private static boolean isEncrypted(String key) {
        Matcher openSsh = OPENSSH_KEY.matcher(key);
        if (!openSsh.find()) {
            return key.contains("ENCRYPTED");
        }
        byte[] body = Base64.getMimeDecoder().decode(openSsh.group(1));
        return !new String(body, StandardCharsets.ISO_8859_1)
                .startsWith("openssh-key-v1\0\0\0\0\4none");
    }

    private static void requireReadable(Path file, String what) throws UnusableCredentials {
        if (!Files.isReadable(file)) {
            throw new UnusableCredentials(
                    "the %s %s does not exist or can't be read".formatted(what, file));
        }
    }

    private static UnusableCredentials encrypted(String key) {
        return new UnusableCredentials(
                "the ssh key %s needs a passphrase; give Berth a deploy key without one"
                        .formatted(key));
    }

    /** Stands in for {@code ~/.ssh/config}. */
    private static final class StrictConfig implements SshConfigStore {
        @Override
        public HostConfig lookup(String host, int port, String user) {
            return new StrictHost();
        }

        @Override
        public HostConfig lookupDefault(String host, int port, String user) {
            return new StrictHost();
        }
    }

    private static final class StrictHost implements SshConfigStore.HostConfig {
        private static final Map<String, String> OPTIONS =
                Map.of(
                        SshConstants.STRICT_HOST_KEY_CHECKING,
                        SshConstants.YES,
                        SshConstants.PREFERRED_AUTHENTICATIONS,
                        "publickey");

        @Override
        public @Nullable String getValue(String key) {
            return OPTIONS.get(key);
        }

        @Override
        public List<String> getValues(String key) {
            String value = OPTIONS.get(key);
            return value == null ? List.of() : List.of(value);
        }

        @Override
        public Map<String, String> getOptions() {
            return OPTIONS;
        }

        @Override
        public Map<String, List<String>> getMultiValuedOptions() {
            return Map.of();
        }
    }

    private static final class NoPassphrase implements KeyPasswordProvider {
        @Override
        public char[] getPassphrase(URIish key, int attempt) throws IOException {
            throw encrypted(key.getPath());
        }

        @Override
        public void setAttempts(int attempts) {}

        @Override
        public boolean keyLoaded(URIish key, int attempt, @Nullable Exception error) {
            return false;
        }
    }
}
