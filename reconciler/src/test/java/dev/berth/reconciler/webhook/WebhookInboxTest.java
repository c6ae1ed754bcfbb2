package dev.berth.reconciler.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.webhook.kept.Deliveries;
import dev.berth.reconciler.webhook.kept.InMemoryDeliveryStore;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Instance.ForgeType;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Delivery;
import dev.berth.schemas.status.Delivery.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class WebhookInboxTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String SECRET = "s3cret of this forge";
    private static final byte[] KEY =
            "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String STANDARD = "whsec_" + Base64.getEncoder().encodeToString(KEY);

    private final Map<String, String> secrets = new HashMap<>();
    private final List<Instance.Forge> forges = new ArrayList<>();
    private final TreeMap<String, TreeSet<ResourceId>> repos = new TreeMap<>();
    private final List<String> hints = Collections.synchronizedList(new ArrayList<>());
    private final Standing clock = new Standing();
    private boolean isRead = true;
    private final DeliveryBook book =
            new DeliveryBook(new InMemoryDeliveryStore(), Clockwork.system());
    private final WebhookInbox inbox =
            new WebhookInbox(
                    this::subscriptions,
                    this::secret,
                    book,
                    new WebhookInbox.Hints(
                            repo -> hints.add(repo.repo() + (repo.config() ? " (config)" : "")),
                            pull ->
                                    hints.add(
                                            "%s #%d %s%s"
                                                    .formatted(
                                                            pull.repo(),
                                                            pull.number(),
                                                            pull.action(),
                                                            shown(pull.at())))),
                    clock);

    private static String shown(@Nullable Instant at) {
        return at == null ? "" : " at " + at.truncatedTo(ChronoUnit.SECONDS);
    }

    private @Nullable Subscriptions subscriptions() {
        if (!isRead) {
            return null;
        }
        try {
            return Subscriptions.of(
                    "prod", RepoUrl.parse("git@github.com:acme/config.git"), forges, repos);
        } catch (RepoUrl.InvalidRepoUrlException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable Secret secret(SecretRef ref) {
        String value = secrets.get(ref.toString());
        return value == null ? null : Secret.of(value);
    }

    /** A clock that goes on when it is told to. */
    private static final class Standing implements Clockwork {
        private long nanos;

        @Override
        public Instant instant() {
            return NOW;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public void sleep(Duration time) {
            nanos += time.toNanos();
        }

        @Override
        public Bell bell() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Thread start(String name, Runnable task) {
            throw new UnsupportedOperationException();
        }
    }

    private void forge(String host, @Nullable ForgeType type, String secret) {
        String key = "k" + forges.size();
        secrets.put("hooks." + key, secret);
        forges.add(
                new Instance.Forge(
                        host, type, null, null, null, new EnvValue.FromSecret("hooks." + key)));
    }

    private void app(String name, String repo) {
        repos.computeIfAbsent(repo, _ -> new TreeSet<>()).add(ResourceId.app(name));
    }

    private Receipt receive(Post post) throws IOException {
        return inbox.receive(post.headers(), post.stream(), post.body().length);
    }

    private Delivery newest() {
        return book.deliveries(null, 1).items().getFirst();
    }

    // ---- what each forge sends ----

    /** A signed delivery of a forge, and what it hints at. */
    record Sample(
            String host,
            ForgeType type,
            String secret,
            String repo,
            Post post,
            String provider,
            String hint) {}

    private static Sample sample(
            String host, ForgeType type, String repo, Post post, String provider, String what) {
        return new Sample(host, type, SECRET, repo, post, provider, repo + what);
    }

    private static Stream<Sample> samples() {
        String gitea = "http://git.example.com:3000/Acme/Shop.git";
        String lab = "https://gitlab.example.com/acme/web/shop";
        String server = "https://bitbucket.example.com/scm/ACME/shop.git";
        String azure = "git@ssh.dev.azure.com:v3/acme/web/shop";
        return Stream.of(
                sample(
                        "github.com",
                        ForgeType.GITHUB,
                        "https://github.com/codertocat/hello-world",
                        Post.of("github-push", "X-GitHub-Event", "push", "X-GitHub-Delivery", "1")
                                .signed("X-Hub-Signature-256", "sha256=", SECRET),
                        "github",
                        ""),
                sample(
                        "github.com",
                        ForgeType.GITHUB,
                        "git@github.com:Codertocat/Hello-World.git",
                        Post.of("github-pull-request", "X-GitHub-Event", "pull_request")
                                .signed("X-Hub-Signature-256", "sha256=", SECRET),
                        "github",
                        " #2 OPENED at 2019-05-15T15:20:33Z"),
                sample(
                        "git.example.com:3000",
                        ForgeType.GITEA,
                        gitea,
                        Post.of(
                                        "gitea-push",
                                        "X-Gitea-Event",
                                        "push",
                                        "X-Gogs-Event",
                                        "push",
                                        "X-GitHub-Event",
                                        "push",
                                        "X-Hub-Signature-256",
                                        "sha256=" + "0".repeat(64))
                                .signed("X-Gitea-Signature", "", SECRET),
                        "gitea",
                        ""),
                sample(
                        "git.example.com:3000",
                        ForgeType.FORGEJO,
                        "ssh://git@git.example.com:2222/acme/shop",
                        Post.of(
                                        "gitea-pull-request",
                                        "X-Forgejo-Event",
                                        "pull_request",
                                        "X-Gitea-Event",
                                        "pull_request",
                                        "X-Gitea-Signature",
                                        "0".repeat(64))
                                .signed("X-Forgejo-Signature", "", SECRET),
                        "forgejo",
                        " #5 OPENED at 2026-11-17T09:37:57Z"),
                sample(
                        "git.example.com:3000",
                        ForgeType.GOGS,
                        gitea,
                        Post.of("gitea-push", "X-Gogs-Event", "push", "X-GitHub-Event", "push")
                                .signed("X-Gogs-Signature", "", SECRET),
                        "gogs",
                        ""),
                sample(
                        "gitlab.example.com",
                        ForgeType.GITLAB,
                        lab,
                        Post.of("gitlab-push", "X-Gitlab-Event", "Push Hook")
                                .with("X-Gitlab-Token", SECRET),
                        "gitlab",
                        ""),
                new Sample(
                        "gitlab.example.com",
                        ForgeType.GITLAB,
                        STANDARD,
                        lab,
                        Post.of("gitlab-merge-request", "X-Gitlab-Event", "Merge Request Hook")
                                .signed("id-1", NOW.getEpochSecond() - 200, KEY),
                        "gitlab",
                        lab + " #12 CLOSED at 2026-11-17T09:37:57Z"),
                sample(
                        "bitbucket.org",
                        ForgeType.BITBUCKET,
                        "git@bitbucket.org:acme/shop.git",
                        Post.of(
                                        "bitbucket-push",
                                        "X-Event-Key",
                                        "repo:push",
                                        "X-Hook-UUID",
                                        "u",
                                        "X-Request-UUID",
                                        "r")
                                .signed("X-Hub-Signature", "sha256=", SECRET),
                        "bitbucket",
                        ""),
                sample(
                        "bitbucket.org",
                        ForgeType.BITBUCKET,
                        "https://bitbucket.org/acme/shop",
                        Post.of(
                                        "bitbucket-pull-request",
                                        "X-Event-Key",
                                        "pullrequest:rejected",
                                        "X-Hook-UUID",
                                        "u")
                                .signed("X-Hub-Signature", "sha256=", SECRET),
                        "bitbucket",
                        " #9 CLOSED at 2026-11-17T09:37:57Z"),
                sample(
                        "bitbucket.example.com",
                        ForgeType.BITBUCKET_SERVER,
                        server,
                        Post.of(
                                        "bitbucket-server-push",
                                        "X-Event-Key",
                                        "repo:refs_changed",
                                        "X-Request-Id",
                                        "r")
                                .signed("X-Hub-Signature", "sha256=", SECRET),
                        "bitbucket-server",
                        ""),
                sample(
                        "bitbucket.example.com",
                        ForgeType.BITBUCKET_SERVER,
                        server,
                        Post.of(
                                        "bitbucket-server-pull-request",
                                        "X-Event-Key",
                                        "pr:from_ref_updated")
                                .signed("X-Hub-Signature", "sha256=", SECRET),
                        "bitbucket-server",
                        " #2 OPENED at 2026-11-17T09:37:57Z"),
                sample(
                        "dev.azure.com",
                        ForgeType.AZURE,
                        azure,
                        Post.of("azure-push", "Authorization", basic("berth:" + SECRET)),
                        "azure",
                        ""),
                sample(
                        "dev.azure.com",
                        ForgeType.AZURE,
                        azure,
                        Post.of("azure-pull-request", "Authorization", basic(":" + SECRET)),
                        "azure",
                        " #21 CLOSED at 2026-11-17T09:37:57Z"),
                sample(
                        "git.example.com",
                        ForgeType.GENERIC,
                        "https://git.example.com/acme/shop",
                        Post.of("gitea-push")
                                .saying(
                                        "{\"repository\": \"https://git.example.com/Acme/shop.git\"}")
                                .signed("X-Signature", "sha256=", SECRET),
                        "generic",
                        ""),
                sample(
                        "git.example.com",
                        ForgeType.GENERIC,
                        "https://git.example.com/acme/shop",
                        Post.of("gitea-push")
                                .saying(
                                        "{\"event\": \"pull_request\", \"action\": \"opened\", \"number\": 4,"
                                                + " \"repository\": {\"url\":"
                                                + " \"https://git.example.com/acme/shop\"}}")
                                .signed("X-Hub-Signature-256", "sha256=", SECRET),
                        "generic",
                        " #4 OPENED"));
    }

    private static String basic(String login) {
        return "Basic "
                + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void receive_signed_looksAtTheRepoThatConfigNames(Sample sample) throws IOException {
        forge(sample.host(), sample.type(), sample.secret());
        app("shop", sample.repo());

        Receipt receipt = receive(sample.post());

        assertThat(receipt).isInstanceOf(Receipt.Accepted.class);
        assertThat(hints).containsExactly(sample.hint());
        assertThat(newest().provider()).isEqualTo(sample.provider());
        assertThat(newest().outcome()).isEqualTo(Outcome.Woke);
        assertThat(newest().host()).isEqualTo(sample.host());
        assertThat(newest().matched()).containsExactly(ResourceId.app("shop"));
        assertThat(((Receipt.Accepted) receipt).run()).isEqualTo(newest().id());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void receive_anotherSecret_isRefusedAndLooksAtNothing(Sample sample) throws IOException {
        forge(sample.host(), sample.type(), sample.secret() + "x");
        forge("other." + sample.host(), sample.type(), "another");
        app("shop", sample.repo());

        assertThat(receive(sample.post())).isEqualTo(new Receipt.Unsigned());

        assertThat(hints).isEmpty();
        assertThat(newest().outcome()).isEqualTo(Outcome.BadSignature);
        assertThat(newest().repo()).isNull();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void receive_noSignature_isRefused(Sample sample) throws IOException {
        forge(sample.host(), sample.type(), sample.secret());
        app("shop", sample.repo());
        Map<String, String> fields = new TreeMap<>(sample.post().fields());
        fields.keySet().removeIf(name -> name.matches("(?i).*(signature|token|authorization).*"));

        assertThat(receive(new Post(fields, sample.post().body())))
                .isEqualTo(new Receipt.Unsigned());

        assertThat(hints).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void receive_bodyChanged_isRefusedWhereTheBodyIsSigned(Sample sample) throws IOException {
        forge(sample.host(), sample.type(), sample.secret());
        app("shop", sample.repo());
        byte[] changed = sample.post().body().clone();
        changed[changed.length - 2] ^= 1;

        Receipt receipt = receive(new Post(sample.post().fields(), changed));

        boolean isSigned =
                sample.post().fields().keySet().stream()
                        .anyMatch(name -> name.matches("(?i).*signature.*"));
        assertThat(receipt)
                .isInstanceOf(isSigned ? Receipt.Unsigned.class : Receipt.Unreadable.class);
        assertThat(hints).isEmpty();
    }

    // ---- who may say what ----

    private Post push() {
        return Post.of("github-push", "X-GitHub-Event", "push", "X-GitHub-Delivery", "guid-1")
                .signed("X-Hub-Signature-256", "sha256=", SECRET);
    }

    @Test
    void receive_ping_isAnsweredAndListed() throws IOException {
        forge("github.com", null, SECRET);

        assertThat(
                        receive(
                                Post.of("github-ping", "X-GitHub-Event", "ping")
                                        .signed("X-Hub-Signature-256", "sha256=", SECRET)))
                .isEqualTo(new Receipt.Pong());

        assertThat(newest().outcome()).isEqualTo(Outcome.Ping);
        assertThat(hints).isEmpty();
    }

    @Test
    void receive_repoThatNobodyNames_isUnnamed() throws IOException {
        forge("github.com", null, SECRET);
        app("shop", "https://github.com/acme/shop");

        assertThat(receive(push())).isEqualTo(new Receipt.Unnamed());

        assertThat(newest().outcome()).isEqualTo(Outcome.Unnamed);
        assertThat(newest().repo()).isEqualTo("github.com/codertocat/hello-world");
        assertThat(hints).isEmpty();
    }

    @Test
    void receive_signedByAnotherHostsSecret_cannotNameItsRepos() throws IOException {
        forge("ghe.example.com", ForgeType.GITHUB, SECRET);
        forge("github.com", null, "the right one");
        app("shop", "https://github.com/codertocat/hello-world");

        assertThat(receive(push())).isEqualTo(new Receipt.Unnamed());

        assertThat(hints).isEmpty();
    }

    @Test
    void receive_secondOfItsType_isFoundBySecret() throws IOException {
        forge("ghe.example.com", ForgeType.GITHUB, "another");
        forge("github.com", null, SECRET);
        app("shop", "https://github.com/codertocat/hello-world");

        assertThat(receive(push())).isInstanceOf(Receipt.Accepted.class);

        assertThat(newest().host()).isEqualTo("github.com");
    }

    @Test
    void receive_configRepoAndAppsOfOneRepo_areAllTold() throws IOException {
        forge("github.com", null, SECRET);
        app("shop", "https://github.com/acme/config");
        app("api", "https://github.com/Acme/Config.git");
        Post post =
                push().saying(
                                "{\"ref\": \"refs/heads/main\", \"repository\": {\"html_url\": \"https://github.com/acme/config\"}}")
                        .signed("X-Hub-Signature-256", "sha256=", SECRET);

        receive(post);

        assertThat(hints)
                .containsExactlyInAnyOrder(
                        "git@github.com:acme/config.git (config)",
                        "https://github.com/acme/config",
                        "https://github.com/Acme/Config.git");
        assertThat(newest().matched().toString()).isEqualTo("[instance/prod, app/api, app/shop]");
        assertThat(newest().ref()).isEqualTo("refs/heads/main");
    }

    @Test
    void receive_eventOfAnotherKind_isIgnoredAndSaysSo() throws IOException {
        forge("github.com", null, SECRET);
        app("shop", "https://github.com/codertocat/hello-world");

        assertThat(receive(push().with("X-GitHub-Event", "star")))
                .isInstanceOf(Receipt.Accepted.class);

        assertThat(newest().outcome()).isEqualTo(Outcome.Ignored);
        assertThat(newest().message()).contains("pull requests");
        assertThat(hints).isEmpty();
    }

    @Test
    void receive_form_saysWhatToChoose() throws IOException {
        forge("github.com", null, SECRET);
        Post post =
                push().saying("payload=%7B%7D").signed("X-Hub-Signature-256", "sha256=", SECRET);

        assertThat(receive(post))
                .isInstanceOfSatisfying(
                        Receipt.Unreadable.class,
                        unreadable -> assertThat(unreadable.why()).contains("application/json"));
    }

    @Test
    void receive_signedTimeTooFarOff_isRefused() throws IOException {
        forge("gitlab.example.com", ForgeType.GITLAB, STANDARD);
        app("shop", "https://gitlab.example.com/acme/web/shop");
        Post post = Post.of("gitlab-push", "X-Gitlab-Event", "Push Hook");

        for (long at : new long[] {NOW.getEpochSecond() - 301, NOW.getEpochSecond() + 301}) {
            assertThat(receive(post.signed("id", at, KEY))).isEqualTo(new Receipt.Unsigned());
        }
        assertThat(newest().message()).contains("clock");
        assertThat(receive(post.signed("id", NOW.getEpochSecond() + 299, KEY)))
                .isInstanceOf(Receipt.Accepted.class);
    }

    @Test
    void receive_gitLabTokenBesideAWrongSignature_isRefused() throws IOException {
        forge("gitlab.example.com", ForgeType.GITLAB, STANDARD);
        Post post =
                Post.of("gitlab-push", "X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", STANDARD)
                        .signed(
                                "id",
                                NOW.getEpochSecond(),
                                SECRET.getBytes(StandardCharsets.UTF_8));

        assertThat(receive(post)).isEqualTo(new Receipt.Unsigned());
    }

    @Test
    void receive_noForge_isRefusedAsAWrongSecretIs() throws IOException {
        app("shop", "https://github.com/codertocat/hello-world");

        assertThat(receive(push())).isEqualTo(new Receipt.Unsigned());

        assertThat(newest().message()).contains("spec.forges");
    }

    @Test
    void receive_noForgeOfItsType_isNotRead() throws IOException {
        forge("gitlab.example.com", ForgeType.GITLAB, SECRET);
        Endless endless = new Endless();

        assertThat(inbox.receive(push().headers(), endless, -1)).isEqualTo(new Receipt.Unsigned());

        assertThat(endless.taken).isZero();
    }

    @Test
    void receive_beforeConfigWasRead_isForLater() throws IOException {
        isRead = false;

        assertThat(receive(push())).isEqualTo(new Receipt.NotReady());

        assertThat(newest().outcome()).isEqualTo(Outcome.Busy);
        assertThat(newest().message()).isEqualTo("config was not read yet");
    }

    @Test
    void receive_secretWithoutValue_saysWhich() throws IOException {
        forge("github.com", null, SECRET);
        secrets.clear();

        assertThat(receive(push())).isEqualTo(new Receipt.Unsigned());

        assertThat(newest().message())
                .isEqualTo("the webhook secret of github.com has no value now: look at hooks.k0");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void receive_lineEndAfterTheSecret_isNoPartOfIt(Sample sample) throws IOException {
        forge(sample.host(), sample.type(), sample.secret() + "\r\n");
        app("shop", sample.repo());

        assertThat(receive(sample.post())).isInstanceOf(Receipt.Accepted.class);
    }

    @Test
    void receive_spaceBeforeASigningToken_isNoPartOfIt() throws IOException {
        forge("gitlab.example.com", ForgeType.GITLAB, " " + STANDARD);
        app("shop", "https://gitlab.example.com/acme/web/shop");

        assertThat(
                        receive(
                                Post.of("gitlab-push", "X-Gitlab-Event", "Push Hook")
                                        .signed("id", NOW.getEpochSecond(), KEY)))
                .isInstanceOf(Receipt.Accepted.class);
    }

    @Test
    void receive_emptySecret_isNobodys() throws IOException {
        forge("gitlab.example.com", ForgeType.GITLAB, "");
        forge("github.com", null, "");
        Post post = Post.of("gitlab-push", "X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", "");

        assertThat(receive(post)).isEqualTo(new Receipt.Unsigned());
        assertThat(receive(push())).isEqualTo(new Receipt.Unsigned());
    }

    // ---- again, in another order, not at all ----

    @Test
    void receive_sameDeliveryAgain_isOneRunAndWakesAgain() throws IOException {
        forge("github.com", null, SECRET);
        app("shop", "https://github.com/codertocat/hello-world");

        Receipt first = receive(push());
        Receipt again = receive(push());

        assertThat(first).isEqualTo(new Receipt.Accepted(newest().id(), false));
        assertThat(again).isEqualTo(new Receipt.Accepted(newest().id(), true));
        assertThat(hints).hasSize(2);
        assertThat(newest().times()).isEqualTo(2);
        assertThat(book.deliveries(null, 10).items()).hasSize(1);
    }

    @Test
    void receive_pullRequestAgain_isOnlyAReasonToLook() throws IOException {
        forge("github.com", null, SECRET);
        app("shop", "https://github.com/codertocat/hello-world");
        String opened =
                "https://github.com/codertocat/hello-world #2 OPENED at 2019-05-15T15:20:33Z";
        String look =
                "https://github.com/codertocat/hello-world #2 CHANGED at 2019-05-15T15:20:33Z";

        receive(pull("1"));
        receive(pull("1"));
        receive(pull("2"));

        assertThat(hints)
                .as("also under another name, which is not signed")
                .containsExactly(opened, look, look);
    }

    private static Post pull(String delivery) {
        return Post.of(
                        "github-pull-request",
                        "X-GitHub-Event",
                        "pull_request",
                        "X-GitHub-Delivery",
                        delivery)
                .signed("X-Hub-Signature-256", "sha256=", SECRET);
    }

    @Test
    void receive_inAnyOrderAndNumber_hintsAtNothingElse() throws IOException {
        List<Post> posts = new ArrayList<>();
        samples()
                .forEach(
                        sample -> {
                            forge(sample.host(), sample.type(), sample.secret());
                            app("shop", sample.repo());
                            posts.addAll(List.of(sample.post(), sample.post()));
                        });
        Collections.shuffle(posts, new Random(7));

        for (Post post : posts.subList(0, posts.size() - 5)) {
            receive(post);
        }

        assertThat(hints)
                .as("of what is looked at, nothing but URLs of config and numbers is said")
                .allMatch(
                        hint ->
                                repos.keySet().stream()
                                        .anyMatch(
                                                repo ->
                                                        hint.matches(
                                                                "\\Q"
                                                                        + repo
                                                                        + "\\E( #\\d+ [A-Z]+( at [-0-9T:Z]+)?)?")));
    }

    // ---- how much ----

    /** Endless, and counts what is taken of it. */
    private static final class Endless extends InputStream {
        private long taken;

        @Override
        public int read() {
            taken++;
            return ' ';
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            taken += length;
            return length;
        }
    }

    @Test
    void receive_bodyWithoutEnd_isReadToTheLimitOnly() throws IOException {
        forge("github.com", null, SECRET);
        Endless endless = new Endless();

        assertThat(inbox.receive(push().headers(), endless, -1)).isEqualTo(new Receipt.TooLarge());

        assertThat(endless.taken)
                .isBetween(WebhookInbox.MOST_BYTES, WebhookInbox.MOST_BYTES + (64 << 10));
        assertThat(newest().outcome()).isEqualTo(Outcome.TooLarge);
    }

    @Test
    void receive_longerThanTheLimitBySaying_isNotRead() throws IOException {
        Endless endless = new Endless();

        assertThat(inbox.receive(push().headers(), endless, WebhookInbox.MOST_BYTES + 1))
                .isEqualTo(new Receipt.TooLarge());

        assertThat(endless.taken).isZero();
    }

    @Test
    void receive_hopeless_isNotRead() throws IOException {
        forge("gitlab.example.com", ForgeType.GITLAB, SECRET);
        Endless endless = new Endless();
        Post post = Post.of("gitlab-push", "X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", "x");

        assertThat(inbox.receive(post.headers(), endless, -1)).isEqualTo(new Receipt.Unsigned());

        assertThat(endless.taken).isZero();
    }

    @Test
    void receive_byteByByte_isNotWaitedFor() throws IOException {
        forge("github.com", null, SECRET);
        InputStream slow =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public int read(byte[] bytes, int from, int length) {
                        clock.sleep(Duration.ofSeconds(1));
                        return 1;
                    }
                };

        assertThat(inbox.receive(push().headers(), slow, -1)).isEqualTo(new Receipt.TooSlow());

        assertThat(clock.nanos()).isEqualTo(Duration.ofSeconds(11).toNanos());
        assertThat(newest().outcome()).isEqualTo(Outcome.TooSlow);
    }

    @Test
    void receive_manyLargeOnesAtOnce_leavesMemoryToOthers() throws IOException {
        forge("github.com", null, SECRET);
        List<Receipt> inner = new ArrayList<>();
        Endless endless = new Endless();
        List<Receipt> small = new ArrayList<>();
        InputStream nested = nested(3, inner, endless, small);

        inbox.receive(push().headers(), nested, -1);

        assertThat(inner).contains(new Receipt.Busy());
        assertThat(small).as("small ones get in meanwhile").contains(new Receipt.Unnamed());
        assertThat(receive(push())).as("room is given back").isNotEqualTo(new Receipt.Busy());
    }

    /** While it has been read nearly to the limit, another one comes. */
    private InputStream nested(
            int depth, List<Receipt> receipts, Endless endless, List<Receipt> small) {
        return new InputStream() {
            private long left = WebhookInbox.MOST_BYTES - (200 << 10);

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                if (left > 0) {
                    left -= length;
                    return length;
                }
                if (depth > 0) {
                    receipts.add(
                            inbox.receive(
                                    push().headers(),
                                    nested(depth - 1, receipts, endless, small),
                                    -1));
                    small.add(receive(push()));
                }
                return -1;
            }
        };
    }

    @Test
    void refused_many_pushOutNothingGood() throws IOException {
        forge("github.com", null, SECRET);
        app("shop", "https://github.com/codertocat/hello-world");
        receive(push());
        Post junk = push().with("X-Hub-Signature-256", "sha256=" + "0".repeat(64));

        for (int i = 0; i < Deliveries.REFUSED + 50; i++) {
            receive(junk);
        }

        List<Delivery> all = new ArrayList<>(book.deliveries(null, 200).items());
        assertThat(all).hasSize(Deliveries.REFUSED + 1);
        assertThat(all.getLast().outcome()).isEqualTo(Outcome.Woke);
        assertThat(book.counts())
                .contains(
                        new Deliveries.Count(
                                "github", Outcome.BadSignature, Deliveries.REFUSED + 50L));
    }
}
