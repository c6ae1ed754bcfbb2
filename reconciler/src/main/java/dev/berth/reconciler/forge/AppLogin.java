package dev.berth.reconciler.forge;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.Json;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * As a GitHub App: a token for an hour, for one repo, that may do no more than Berth needs and the
 * app was given. Thread-safe; two threads at once may get two tokens.
 */
final class AppLogin implements Login {
    /** What is asked for, of what the owner of the repo gave the app. */
    private static final Map<String, String> WANTED =
            Map.of(
                    "metadata", "read",
                    "pull_requests", "write",
                    "statuses", "write",
                    "checks", "write");

    private static final Duration BEFORE_END = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofMinutes(55);

    private final ForgeHttp http;
    private final Account account;
    private final Clockwork clock;
    private final Map<ForgeRepo, Token> tokens = new ConcurrentHashMap<>();
    private volatile @Nullable String slug;

    /**
     * Whose app it is.
     *
     * @param base of the API
     * @param fields that the API wants of each question
     * @param id of the app
     */
    record Account(
            String base, Map<String, String> fields, String id, Vault vault, SecretRef key) {}

    /** {@code until}: five minutes before it ends. */
    private record Token(Map<String, String> fields, Deadline until, Set<String> writes) {
        @Override
        public String toString() {
            return "Token[***]";
        }
    }

    private record App(@Nullable String slug) {}

    private record Installation(
            @Nullable Long id, @Nullable Map<String, @Nullable String> permissions) {}

    private record Given(
            @Nullable String token, @JsonProperty("expires_at") @Nullable Instant expiresAt) {}

    private record Wish(List<String> repositories, Map<String, String> permissions) {}

    AppLogin(ForgeHttp http, Account account, Clockwork clock) {
        this.http = http;
        this.account = account;
        this.clock = clock;
    }

    @Override
    public Map<String, String> fields(ForgeRepo repo) throws ForgeException {
        return token(repo).fields();
    }

    @Override
    public boolean mayCheck(ForgeRepo repo) throws ForgeException {
        return token(repo).writes().contains("checks");
    }

    @Override
    public @Nullable String bot(ForgeRepo repo) throws ForgeException {
        String known = slug;
        if (known == null) {
            Answer answer = asApp(repo, "GET", "/app", null);
            known = answer.as(App.class).slug();
            if (known == null) {
                throw answer.unreadable("an app without a slug");
            }
            slug = known;
        }
        return known + "[bot]";
    }

    @Override
    public boolean refused(ForgeRepo repo, Map<String, String> fields) {
        Token token = tokens.get(repo);
        return token != null && token.fields().equals(fields) && tokens.remove(repo, token);
    }

    @Override
    public String name() {
        return "the GitHub App " + account.id();
    }

    private Token token(ForgeRepo repo) throws ForgeException {
        Token token = tokens.get(repo);
        if (token == null || token.until().over(clock)) {
            token = made(repo);
            tokens.put(repo, token);
        }
        return token;
    }

    private Token made(ForgeRepo repo) throws ForgeException {
        String owned = "/repos/%s/installation".formatted(HubRepos.path(repo));
        Answer found = asApp(repo, "GET", owned, null);
        Installation installation = found.as(Installation.class);
        if (installation.id() == null) {
            throw found.unreadable("an installation without an id");
        }
        Map<String, String> permissions = permissions(installation.permissions());
        Answer answer =
                asApp(
                        repo,
                        "POST",
                        "/app/installations/%d/access_tokens".formatted(installation.id()),
                        Json.write(new Wish(List.of(repo.name()), permissions)));
        Given given = answer.as(Given.class);
        if (given.token() == null || given.expiresAt() == null) {
            throw answer.unreadable("no token");
        }
        Duration left = Duration.between(clock.instant(), given.expiresAt()).minus(BEFORE_END);
        permissions.values().removeIf(level -> !level.equals("write"));
        return new Token(
                Map.of("Authorization", "Bearer " + given.token()),
                Deadline.in(left.compareTo(LONGEST) < 0 ? left : LONGEST, clock),
                Set.copyOf(permissions.keySet()));
    }

    /** Asking for what the app was not given fails. */
    private static Map<String, String> permissions(
            @Nullable Map<String, @Nullable String> granted) {
        Map<String, String> asked = new HashMap<>();
        WANTED.forEach(
                (name, level) -> {
                    String has = granted == null ? level : granted.get(name);
                    if (has != null) {
                        asked.put(name, has.equals("read") ? "read" : level);
                    }
                });
        return asked;
    }

    private Answer asApp(ForgeRepo repo, String method, String path, @Nullable String json)
            throws ForgeException {
        Map<String, String> fields = new HashMap<>(account.fields());
        fields.put("Authorization", "Bearer " + signed());
        Answer answer =
                http.exchange(
                                new ForgeHttp.Question(
                                        method, URI.create(account.base() + path), fields, json))
                        .without(fields.values());
        if (answer.status() < 200 || answer.status() > 299) {
            throw ForgeApi.failure(answer, repo, name());
        }
        return answer;
    }

    private String signed() throws ForgeException {
        Secret pem = account.vault().held(account.key());
        try {
            return AppKey.of(pem == null ? "" : pem.text()).token(account.id(), clock.instant());
        } catch (GeneralSecurityException e) {
            throw new ForgeException(
                    ForgeException.Kind.REFUSED,
                    "the private key of the GitHub App %s can't be used, %s: put the PEM that GitHub gave into the Secret %s"
                            .formatted(account.id(), e.getMessage(), account.key()));
        }
    }
}
