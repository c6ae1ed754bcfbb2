package dev.berth.reconciler.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** A real ssh server on 127.0.0.1 that runs {@code git upload-pack} for the keys it knows. */
final class GitSshServer implements AutoCloseable {
    private final SshServer server = SshServer.setUpDefaultServer();
    private final Set<PublicKey> allowed = new CopyOnWriteArraySet<>();
    private KeyPair hostKey;

    GitSshServer() throws IOException {
        hostKey = newKey();
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setKeyPairProvider(_ -> List.of(hostKey));
        server.setPublickeyAuthenticator(
                (_, key, _) -> allowed.stream().anyMatch(k -> KeyUtils.compareKeys(k, key)));
        server.setCommandFactory((_, command) -> new UploadPack(command));
        server.start();
    }

    static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    RepoUrl url(Path repo) {
        return ScratchRepo.url("ssh://git@127.0.0.1:%d%s".formatted(server.getPort(), repo));
    }

    void allow(PublicKey key) {
        allowed.add(key);
    }

    /** From now on it has another host key, as if another machine had taken its place. */
    void changeHostKey() {
        hostKey = newKey();
    }

    /** The line of its host key in a known_hosts file. */
    String knownHostsLine() {
        return "[127.0.0.1]:%d %s\n"
                .formatted(server.getPort(), PublicKeyEntry.toString(hostKey.getPublic()));
    }

    /** Writes a private key as ssh-keygen does. */
    static Path write(KeyPair key, Path file, @Nullable String passphrase) {
        OpenSSHKeyEncryptionContext encryption = null;
        if (passphrase != null) {
            encryption = new OpenSSHKeyEncryptionContext();
            encryption.setPassword(passphrase);
            encryption.setCipherType("256");
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "test", encryption, out);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    /** Runs {@code git-upload-pack '<directory>'} as a process. */
    private static final class UploadPack implements Command {
        private final String directory;
        private @Nullable InputStream in;
        private @Nullable OutputStream out;
        private @Nullable ExitCallback exit;
        private @Nullable Process process;

        UploadPack(String command) {
            this.directory =
                    command.replaceFirst("^git-upload-pack '(.*)'$", "$1").replace("'\\''", "'");
        }

        @Override
        public void setInputStream(InputStream stream) {
            in = stream;
        }

        @Override
        public void setOutputStream(OutputStream stream) {
            out = stream;
        }

        @Override
        public void setErrorStream(OutputStream stream) {}

        @Override
        public void setExitCallback(ExitCallback callback) {
            exit = callback;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) throws IOException {
            ProcessBuilder builder = new ProcessBuilder("git", "upload-pack", directory);
            ScratchRepo.isolate(builder.environment());
            String protocol = environment.getEnv().get("GIT_PROTOCOL");
            if (protocol != null) {
                builder.environment().put("GIT_PROTOCOL", protocol);
            }
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            Process started = builder.start();
            process = started;
            InputStream input = Objects.requireNonNull(in);
            OutputStream output = Objects.requireNonNull(out);
            ExitCallback callback = Objects.requireNonNull(exit);
            Thread.ofVirtual().start(() -> copy(input, started.getOutputStream()));
            Thread.ofVirtual()
                    .start(
                            () -> {
                                copy(started.getInputStream(), output);
                                callback.onExit(started.onExit().join().exitValue());
                            });
        }

        private static void copy(InputStream from, OutputStream to) {
            byte[] buffer = new byte[8192];
            try (to) {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                    to.write(buffer, 0, n);
                    to.flush();
                }
            } catch (IOException e) {
                // The other side went away.
            }
        }

        @Override
        public void destroy(ChannelSession channel) {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
