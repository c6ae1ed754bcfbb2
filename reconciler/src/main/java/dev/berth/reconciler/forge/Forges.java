package dev.berth.reconciler.forge;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The forges that the newest Instance names, as who Berth is there. None until it is told of an
 * Instance. What a forge said of how often it wants to be asked is kept for as long as the Instance
 * says the same of it. Thread-safe.
 */
public final class Forges implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final Vault vault;
    private final Clockwork clock;
    private final Duration within;
    private final HttpClient client;
    private volatile Map<Instance.Forge, Forge> named = Map.of();

    /**
     * Makes it; nothing is asked yet.
     *
     * @param vault has the tokens
     */
    public Forges(Vault vault, Clockwork clock) {
        this(vault, clock, WITHIN);
    }

    /**
     * The same.
     *
     * @param within an exchange with a forge, with its whole answer
     */
    Forges(Vault vault, Clockwork clock, Duration within) {
        this.vault = vault;
        this.clock = clock;
        this.within = within;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT_WITHIN)
                        .build();
    }

    /** What counts from now on. For one thread. */
    public void follow(Instance.Spec settings) {
        Map<Instance.Forge, Forge> now = new LinkedHashMap<>();
        for (Instance.Forge declared : settings.forges()) {
            Forge forge = named.get(declared);
            forge = forge == null ? made(declared) : forge;
            if (forge != null) {
                now.put(declared, forge);
            }
        }
        named = Collections.unmodifiableMap(now);
    }

    /**
     * The forge that has a repo; {@code null} when the Instance names none for its host, or one
     * that Berth does not ask, or gives no token for it. A repo by ssh, whose port says nothing of
     * the forge's, is taken to be at the first one of its host.
     */
    public @Nullable Forge of(ForgeRepo repo) {
        Forge found = null;
        for (Map.Entry<Instance.Forge, Forge> entry : named.entrySet()) {
            String host = entry.getKey().host().toLowerCase(Locale.ROOT);
            if (host.equals(repo.host())) {
                return entry.getValue();
            } else if (found == null && host.replaceFirst(":[0-9]+$", "").equals(repo.host())) {
                found = entry.getValue(); // by ssh, which has another port
            }
        }
        return found;
    }

    private @Nullable Forge made(Instance.Forge forge) {
        Instance.ForgeType type = forge.kind();
        if (type == null) {
            return null;
        }
        return switch (type) {
            case GITHUB -> gitHub(forge);
            case GITLAB -> {
                ForgeApi api = api(forge, type, "PRIVATE-TOKEN", "");
                yield api == null ? null : new GitLab(api);
            }
            case GITEA, FORGEJO -> {
                ForgeApi api = api(forge, type, "Authorization", "token ");
                yield api == null ? null : new Gitea(api);
            }
            case GOGS, BITBUCKET, BITBUCKET_SERVER, AZURE, GENERIC -> null;
        };
    }

    private @Nullable Forge gitHub(Instance.Forge forge) {
        String base = base(forge, Instance.ForgeType.GITHUB);
        ForgeHttp http = new ForgeHttp(client, within, clock);
        Login login = login(forge, "Authorization", "Bearer ");
        Instance.GitHubApp app = forge.app();
        if (app != null) {
            login =
                    new AppLogin(
                            http,
                            new AppLogin.Account(
                                    base, GitHub.FIELDS, app.id(), vault, ref(app.key())),
                            clock);
        }
        return login == null ? null : new GitHub(new ForgeApi(http, base, GitHub.FIELDS, login));
    }

    private @Nullable ForgeApi api(
            Instance.Forge forge, Instance.ForgeType type, String field, String scheme) {
        Login login = login(forge, field, scheme);
        return login == null
                ? null
                : new ForgeApi(
                        new ForgeHttp(client, within, clock),
                        base(forge, type),
                        Map.of("Accept", "application/json"),
                        login);
    }

    private @Nullable Login login(Instance.Forge forge, String field, String scheme) {
        return forge.token() == null
                ? null
                : new TokenLogin(vault, ref(forge.token()), field, scheme);
    }

    /** The URL of its API, without a slash at its end. */
    static String base(Instance.Forge forge, Instance.ForgeType type) {
        if (forge.api() != null) {
            return forge.api().replaceAll("/+$", "");
        }
        String host = forge.host().toLowerCase(Locale.ROOT);
        return switch (type) {
            case GITHUB ->
                    host.matches("github\\.com|.+\\.ghe\\.com")
                            ? "https://api." + host
                            : "https://" + host + "/api/v3";
            case GITLAB -> "https://" + host + "/api/v4";
            case GITEA, FORGEJO, GOGS -> "https://" + host + "/api/v1";
            case BITBUCKET, BITBUCKET_SERVER, AZURE, GENERIC -> "https://" + host;
        };
    }

    private static SecretRef ref(EnvValue.FromSecret from) {
        return new SecretRef(from.secret(), from.key());
    }

    /** Asks nothing more. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
