package dev.berth.reconciler.source;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/** Gives JGit a login for one host, and only when the server asks for one. */
final class TokenProvider extends CredentialsProvider {
    /** GitHub wants this name for the tokens of apps; GitLab, Gitea and Forgejo take any. */
    private static final String TOKEN_USER = "x-access-token";

    private final RepoUrl url;
    private final RepoUrl.@Nullable Login login;

    private TokenProvider(RepoUrl url, RepoUrl.@Nullable Login login) {
        this.url = url;
        this.login = login;
    }

    /**
     * @throws UnusableCredentials if the token can't be read or must not be sent to such a URL
     */
    static TokenProvider with(RepoUrl url, Credentials credentials) throws UnusableCredentials {
        RepoUrl.Login login =
                switch (credentials) {
                    case Credentials.None _ -> url.login();
                    case Credentials.Token token -> tokenLogin(url, token.value());
                    case Credentials.TokenFile token -> tokenLogin(url, read(token.file()));
                    case Credentials.SshKey _ -> null;
                };
        if (login != null && url.scheme() == RepoUrl.Scheme.HTTP && !onThisMachine(url)) {
            throw new UnusableCredentials(
                    "%s is plain http, over which no credentials are sent; use https"
                            .formatted(url));
        }
        return new TokenProvider(url, login);
    }

    private static RepoUrl.Login tokenLogin(RepoUrl url, String token) {
        RepoUrl.Login inUrl = url.login();
        return new RepoUrl.Login(inUrl == null ? TOKEN_USER : inUrl.user(), token);
    }

    private static String read(Path file) throws UnusableCredentials {
        try {
            if (Files.size(file) > 64 * 1024) {
                throw new UnusableCredentials("%s is too large for a token".formatted(file));
            }
            String token = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (token.isEmpty() || token.chars().anyMatch(Character::isISOControl)) {
                throw new UnusableCredentials("%s must hold a token in one line".formatted(file));
            }
            return token;
        } catch (UnusableCredentials e) {
            throw e;
        } catch (IOException e) {
            throw new UnusableCredentials("the token file %s can't be read".formatted(file));
        }
    }

    private static boolean onThisMachine(RepoUrl url) {
        try {
            return InetAddress.getByName(url.host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public boolean isInteractive() {
        return false;
    }

    @Override
    public boolean supports(CredentialItem... items) {
        for (CredentialItem item : items) {
            if (!(item instanceof CredentialItem.Username)
                    && !(item instanceof CredentialItem.Password)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean get(URIish asked, CredentialItem... items) {
        if (login == null || !supports(items) || !sameServer(asked)) {
            return false;
        }
        for (CredentialItem item : items) {
            if (item instanceof CredentialItem.Username name) {
                name.setValue(login.user());
            } else if (item instanceof CredentialItem.Password password) {
                password.setValueNoCopy(login.password().toCharArray());
            }
        }
        return true;
    }

    /** A redirect must not carry the token to another server or to plain http. */
    private boolean sameServer(URIish asked) {
        URIish own = url.uri();
        return Objects.equals(own.getHost(), asked.getHost())
                && own.getPort() == asked.getPort()
                && Objects.equals(own.getScheme(), asked.getScheme());
    }
}
