package dev.berth.reconciler.source;

import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/**
 * Where a Git repo is: {@code https://host/path}, {@code ssh://git@host/path}, {@code
 * git@host:path}, {@code file:///path} or an absolute path.
 *
 * @param shown the URL without user and password (ssh keeps its user, which is no secret); safe in
 *     messages, names the repo
 * @param login what stood before the {@code @} of an http(s) URL; {@code null} = nothing
 */
public record RepoUrl(Scheme scheme, String shown, @Nullable Login login) {
    private static final String FORMS =
            "write https://host/path, ssh://git@host/path, git@host:path or file:///path";

    /** How a repo is reached. */
    public enum Scheme {
        LOCAL,
        HTTP,
        HTTPS,
        SSH
    }

    /** User and password of an http(s) URL. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[***]";
        }
    }

    /** A text is not the URL of a repo that Berth can read; the message does not repeat it. */
    public static final class InvalidRepoUrlException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidRepoUrlException(String message) {
            super(message);
        }
    }

    /**
     * Reads a URL as people write it.
     *
     * @throws InvalidRepoUrlException if the form or the scheme is none of those above
     */
    public static RepoUrl parse(String text) throws InvalidRepoUrlException {
        if (text.isBlank()
                || !text.strip().equals(text)
                || text.startsWith("-")
                || text.matches("[^/\\[]*::.*")
                || text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidRepoUrlException("not the URL of a Git repo; " + FORMS);
        }
        URIish uri;
        try {
            uri = new URIish(text);
        } catch (URISyntaxException e) {
            throw new InvalidRepoUrlException("not the URL of a Git repo; " + FORMS);
        }
        return ofScheme(uri, scheme(uri));
    }

    /** A URL of a config file, for messages: as {@link #shown}, or no more than that it is one. */
    public static String withoutLogin(String text) {
        try {
            return parse(text).shown();
        } catch (InvalidRepoUrlException e) {
            return "another repo";
        }
    }

    private static Scheme scheme(URIish uri) throws InvalidRepoUrlException {
        String scheme = uri.getScheme();
        if (scheme == null) {
            return uri.getHost() == null ? Scheme.LOCAL : Scheme.SSH;
        }
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "file" -> Scheme.LOCAL;
            case "http" -> Scheme.HTTP;
            case "https" -> Scheme.HTTPS;
            case "ssh" -> Scheme.SSH;
            default ->
                    throw new InvalidRepoUrlException(
                            "%s is not a scheme Berth reads Git over; %s".formatted(scheme, FORMS));
        };
    }

    private static RepoUrl ofScheme(URIish uri, Scheme scheme) throws InvalidRepoUrlException {
        String path = withoutSlashesAtEnd(uri.getPath());
        if (path.isEmpty()) {
            throw new InvalidRepoUrlException("the URL names no repo on its host; " + FORMS);
        }
        if (scheme == Scheme.LOCAL) {
            if (!path.startsWith("/")) {
                throw new InvalidRepoUrlException("a path to a repo must be absolute; " + FORMS);
            }
            return new RepoUrl(scheme, uri.setPath(path).toString(), null);
        }
        if (uri.getHost() == null || uri.getHost().isEmpty()) {
            throw new InvalidRepoUrlException("the URL names no host; " + FORMS);
        }
        if (scheme == Scheme.SSH) {
            return new RepoUrl(scheme, uri.setPath(path).setPass(null).toString(), null);
        }
        String user = uri.getUser();
        String password = uri.getPass();
        Login login = user == null ? null : new Login(user, password == null ? "" : password);
        return new RepoUrl(scheme, uri.setPath(path).setPass(null).setUser(null).toString(), login);
    }

    private static String withoutSlashesAtEnd(@Nullable String path) {
        return path == null ? "" : path.replaceAll("/+$", "");
    }

    /** The host without port; {@code null} for a local repo. */
    public @Nullable String host() {
        return scheme == Scheme.LOCAL ? null : uri().getHost();
    }

    /** The port that it names; -1 when it names none. */
    public int port() {
        return uri().getPort();
    }

    /** What stands after host and port, decoded, with slashes as they are written. */
    public String path() {
        return String.valueOf(uri().getPath());
    }

    /** The repo's directory if it is on this machine, else {@code null}. */
    public @Nullable Path localDirectory() {
        return scheme == Scheme.LOCAL ? Path.of(uri().getPath()) : null;
    }

    /** What JGit connects to. */
    URIish uri() {
        try {
            return new URIish(shown);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(shown + " was read before", e);
        }
    }

    /** A name for a directory: 24 hex digits that stand for this repo, whoever logs in. */
    String directoryName() {
        return digest(shown);
    }

    /** 24 hex digits that stand for a text. */
    public static String digest(String text) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return shown;
    }
}
