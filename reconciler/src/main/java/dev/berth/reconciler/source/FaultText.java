package dev.berth.reconciler.source;

import java.io.EOFException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.eclipse.jgit.errors.LockFailedException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * Turns what JGit throws into a sentence that says what failed and what to do. Only the innermost
 * message of an exception is ever repeated, with anything that looks like a login cut out, since
 * the outer ones quote URLs.
 */
final class FaultText {
    private static final int LONGEST = 300;

    private final RepoUrl url;
    private final Credentials credentials;
    private final Duration io;

    FaultText(RepoUrl url, Credentials credentials, Duration io) {
        this.url = url;
        this.credentials = credentials;
        this.io = io;
    }

    RemoteFault explain(Throwable thrown) {
        List<Throwable> chain = chain(thrown);
        String known = onTheWay(chain);
        if (known == null) {
            known = atTheDoor(chain);
        }
        if (known != null) {
            return new RemoteFault(known, false, thrown);
        }
        return new RemoteFault(
                "%s broke off or sent what is not a whole Git answer (%s); it is tried again"
                        .formatted(url, rootMessage(thrown)),
                true,
                thrown);
    }

    private @Nullable String onTheWay(List<Throwable> chain) {
        for (Throwable t : chain) {
            String text =
                    switch (t) {
                        case UnknownHostException _ ->
                                "the host of %s is not known; check the URL and the DNS of this machine"
                                        .formatted(url);
                        case ConnectException _ ->
                                "%s can't be reached: its host accepts no connection"
                                        .formatted(url);
                        case NoRouteToHostException _ ->
                                "%s can't be reached: no route to its host".formatted(url);
                        case SSLException ssl ->
                                "no TLS connection to %s: %s; its certificate must be valid and of an authority that Java trusts"
                                        .formatted(url, clean(ssl.getMessage()));
                        case InterruptedIOException _, TimeoutException _ ->
                                "%s does not answer within %d s".formatted(url, io.toSeconds());
                        case FileSystemException file when diskFull(file) -> diskFullText();
                        default -> diskFull(t) ? diskFullText() : null;
                    };
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    private @Nullable String atTheDoor(List<Throwable> chain) {
        for (Throwable t : chain) {
            String text =
                    switch (t) {
                        case UnusableCredentials unusable -> unusable.getMessage();
                        case NoRemoteRepositoryException _ -> noRepo();
                        case SshException ssh -> ofSsh(ssh);
                        case SocketException _ when !has(chain, EOFException.class) ->
                                "the connection to %s broke: %s"
                                        .formatted(url, clean(t.getMessage()));
                        case LockFailedException _ -> null;
                        case TransportException transport -> ofTransport(transport);
                        default -> null;
                    };
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    private @Nullable String ofSsh(SshException e) {
        return switch (e.getDisconnectCode()) {
            case SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE -> hostKey();
            case SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE -> refused();
            default ->
                    clean(e.getMessage()).contains("key did not validate")
                            ? hostKey()
                            : "ssh to %s failed: %s".formatted(url, clean(e.getMessage()));
        };
    }

    private @Nullable String ofTransport(TransportException e) {
        String message = clean(e.getMessage());
        if (message.contains("not authorized")
                || message.contains("not permitted")
                || message.contains("uthentication is required")
                || message.contains("uthentication not supported")) {
            return refused();
        }
        // HTTP status lines: "https://host/path: 500 Internal Server Error"
        if (e.getCause() == null && message.matches(".*: [45]\\d\\d( .*)?")) {
            return "the server of %s answers %s"
                    .formatted(url, message.substring(message.lastIndexOf(": ") + 2));
        }
        return null;
    }

    private String hostKey() {
        return switch (credentials) {
            case Credentials.SshKey ssh ->
                    "the ssh host key of %s is not in %s or differs from the one there; the server was replaced or someone is in between. Compare the fingerprint, then put the key in that file (ssh-keyscan)"
                            .formatted(url, ssh.knownHosts());
            case Credentials.None _, Credentials.Token _, Credentials.TokenFile _ ->
                    "the ssh host key of %s is not known".formatted(url);
        };
    }

    private String refused() {
        return switch (credentials) {
            case Credentials.None _ ->
                    "%s refuses to be read without credentials, or refuses those of the URL; give Berth a token or key for its host"
                            .formatted(url);
            case Credentials.TokenFile token ->
                    "%s refuses the token in %s; check that it is not expired and may read this repo"
                            .formatted(url, token.file());
            case Credentials.Token _ ->
                    "%s refuses the token; check that it is not expired and may read this repo"
                            .formatted(url);
            case Credentials.SshKey ssh ->
                    "%s refuses the key %s; add its public half as a deploy key with read access"
                            .formatted(url, ssh.key());
        };
    }

    private String noRepo() {
        return url.scheme() == RepoUrl.Scheme.LOCAL
                ? "there is no Git repo at %s; check the path".formatted(url)
                : "there is no Git repo at %s, or the credentials may not see it; check the URL and their rights"
                        .formatted(url);
    }

    private static String diskFullText() {
        return "the disk under Berth's home directory is full; free some space";
    }

    private static boolean diskFull(Throwable t) {
        String message = t.getMessage();
        return message != null
                && (message.contains("No space left on device")
                        || message.contains("Disk quota exceeded"));
    }

    private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
        return chain.stream().anyMatch(type::isInstance);
    }

    private static List<Throwable> chain(Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = thrown; t != null && chain.size() < 20; t = t.getCause()) {
            chain.add(t);
        }
        return chain;
    }

    /** What went wrong at the bottom, in one line without logins. */
    static String rootMessage(Throwable thrown) {
        if (chain(thrown).stream().anyMatch(FaultText::diskFull)) {
            return diskFullText();
        }
        Throwable root = chain(thrown).getLast();
        String message = clean(root.getMessage());
        if (root instanceof NoSuchFileException) {
            return "no such file: " + message;
        }
        return message.isEmpty() ? root.getClass().getSimpleName() : message;
    }

    /** One line, not too long, with the login of every URL cut out. */
    static String clean(@Nullable String message) {
        if (message == null) {
            return "";
        }
        String line = message.replaceAll("://[^/@\\s]+@", "://").replaceAll("\\s+", " ").strip();
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
    }
}
