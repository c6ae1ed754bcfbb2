package dev.berth.schemas.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One Berth: its name tells its containers from another Berth's on the same engine. */
@Describe("The settings of one Berth. One document per config repo, by custom in berth.yaml.")
public record Instance(
        @Describe("Name and labels.") Metadata metadata,
        @Describe("Instance-wide settings.") Spec spec)
        implements Document {
    static final String ENVIRONMENT = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?";
    static final String ENVIRONMENT_SAYS =
            "the name of an environment, of lower-case letters, digits and '-'";

    /** Instance-wide settings. */
    public record Spec(
            @Describe(
                            value =
                                    "Apps without domains are served at <app>.<domain>. Names under localhost need no DNS.",
                            examples = "apps.example.com")
                    @Default("localhost")
                    @Matches(pattern = HostNames.PATTERN, says = HostNames.SAYS)
                    String domain,
            @Describe(
                            value =
                                    "The environment that this Berth is: Overlays for it count, those for others do not.",
                            examples = "staging")
                    @Matches(pattern = ENVIRONMENT, says = ENVIRONMENT_SAYS)
                    @Nullable String environment,
            @Describe(
                            value =
                                    "What ${NAME} stands for in the fields of documents that say so: env, image, domains and host. BERTH_INSTANCE, BERTH_DOMAIN and BERTH_ENVIRONMENT are there by themselves.",
                            examples = "{VERSION: 1.4.2}")
                    @Matches(
                            pattern = "(?!BERTH_)[A-Za-z_][A-Za-z0-9_]*",
                            says =
                                    "a variable name of letters, digits and '_' that does not start with BERTH_")
                    Map<String, String> variables,
            @Describe("How the config repo is watched.") @Default("{}") Source source,
            @Describe("Guards on deletion.") @Default("{}") Prune prune,
            @Describe("How the container engine is used.") @Default("{}") Engine engine,
            @Describe("What stands before the edge.") @Default("{}") Edge edge,
            @Describe(
                            "Logins of registries, one a host: for images of apps and jobs, for what builds are based on, and to push what was built. A host that is named here counts over keys/docker in Berth's home.")
                    List<Registry> registries,
            @Describe(
                            "Where repos are kept, one a host: how pull requests are read and answered, and what deliveries of webhooks are signed with.")
                    List<Forge> forges,
            @Describe("How deliveries of webhooks come in.") @Default("{}") Webhook webhook,
            @Describe(
                            value =
                                    "URL at which you reach Berth's own pages, for links in comments and statuses. Not given: links lead to the server itself, at 127.0.0.1.",
                            examples = "https://berth.internal.example.com")
                    @Matches(
                            pattern = "https?://[^\\s/?#@]+(/[^\\s?#]*)?",
                            says = "a URL such as https://berth.internal.example.com")
                    @Nullable String url,
            @Describe("How source is built.") @Default("{}") Builds builds,
            @Describe("When images and build cache that nobody needs are removed.") @Default("{}")
                    Cleanup cleanup,
            @Describe(
                            "Who certificates are ordered from, for every host that has no other. That it is there says that you agree to the terms of the authority; without it nothing is ordered.")
                    @Nullable Acme acme,
            @Describe(
                            "Who may write DNS records, for certificates of wildcards and for hosts that can't be reached at port 80. The first whose zones have the host counts.")
                    List<DnsAccess> dns,
            @Describe(
                            "Whether one certificate for *.<domain> serves all hosts right below domain, previews too. Not given: when dns can write there.")
                    @Nullable Boolean wildcardCertificate) {
        public Spec {
            variables = Map.copyOf(variables);
            registries = List.copyOf(registries);
            forges = List.copyOf(forges);
            dns = List.copyOf(dns);
        }
    }

    /**
     * A server of repos and pull requests, and who Berth is to it. What Berth may do there is what
     * its token may do; without one, pull requests are known by webhooks and refs alone.
     *
     * @param type {@code null} = that of a well-known host
     * @param api {@code null} = the usual one of its type at that host
     * @param token {@code null} = none, or {@code app} is there in its place
     * @param app {@code null} = none
     * @param webhook {@code null} = deliveries for repos of this host are refused
     */
    public record Forge(
            @Describe(
                            value =
                                    "Its host as URLs of its repos have it, with the port where they have one.",
                            examples = "github.com")
                    @Matches(
                            pattern = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?",
                            says = "a host such as github.com or git.example.com:3000")
                    String host,
            @Describe(
                            "What it is. Not needed for github.com, gitlab.com, codeberg.org, bitbucket.org and dev.azure.com.")
                    @Nullable ForgeType type,
            @Describe(
                            value = "URL of its API, when it is not the usual one of its type.",
                            examples = "https://git.example.com/api/v1")
                    @Matches(
                            pattern = "https?://[^\\s/?#@]+(/[^\\s?#]*)?",
                            says = "a URL such as https://git.example.com/api/v1, without login")
                    @Nullable String api,
            @Describe(
                            "Token that reads pull requests and writes comments and commit statuses. For github, gitlab, gitea and forgejo.")
                    EnvValue.@Nullable FromSecret token,
            @Describe("A GitHub App in place of a token.") @Excludes("token")
                    @Nullable GitHubApp app,
            @Describe(
                            "The secret that deliveries of webhooks for its repos are signed with, or that GitLab sends as a token.")
                    EnvValue.@Nullable FromSecret webhook) {
        /** What it is; {@code null} when nothing says so. */
        public @Nullable ForgeType kind() {
            return type != null
                    ? type
                    : switch (host.toLowerCase(Locale.ROOT)) {
                        case "github.com" -> ForgeType.GITHUB;
                        case "gitlab.com" -> ForgeType.GITLAB;
                        case "codeberg.org" -> ForgeType.FORGEJO;
                        case "bitbucket.org" -> ForgeType.BITBUCKET;
                        case "dev.azure.com" -> ForgeType.AZURE;
                        default -> null;
                    };
        }
    }

    /** What a forge is. */
    public enum ForgeType {
        @Describe("GitHub, and GitHub Enterprise Server")
        GITHUB,
        @Describe("GitLab")
        GITLAB,
        @Describe("Gitea")
        GITEA,
        @Describe("Forgejo, as on codeberg.org")
        FORGEJO,
        @Describe("Gogs; webhooks only")
        GOGS,
        @Describe("Bitbucket Cloud; webhooks only")
        BITBUCKET,
        @Describe("Bitbucket Server and Data Center; webhooks only")
        BITBUCKET_SERVER,
        @Describe("Azure DevOps; webhooks only")
        AZURE,
        @Describe(
                "any sender of POST /api/webhook with a JSON body that has a repository URL and an X-Signature or X-Hub-Signature-256 header: sha256= and the HMAC of the body, in hex")
        GENERIC
    }

    /** An app registered at GitHub, which is installed where the repos are. */
    public record GitHubApp(
            @Describe(value = "Its App ID or client ID.", examples = "123456")
                    @Matches(pattern = "[A-Za-z0-9.]{1,64}", says = "an App ID or client ID")
                    String id,
            @Describe("Its private key, in PEM.") EnvValue.FromSecret key) {}

    /** How deliveries of webhooks come in. */
    public record Webhook(
            @Describe(
                            value =
                                    "The host at which the edge takes deliveries, as https://<host>/api/webhook. Not given: berth.<domain>. Nothing else of control is reached there.",
                            examples = "hooks.example.com")
                    @Matches(pattern = HostNames.PATTERN, says = HostNames.SAYS)
                    @Nullable String host) {
        /** Where they do, on that host. */
        public static final String PATH = "/api/webhook";

        /** The host at which the edge takes them, for an Instance of that domain. */
        public String hostFor(String domain) {
            return host == null ? "berth." + domain : host;
        }
    }

    /** A registry, and who Berth is to it. */
    public record Registry(
            @Describe(
                            value =
                                    "Its host, with the port where images are named with one; docker.io for Docker Hub.",
                            examples = "registry.example.com")
                    @Matches(
                            pattern = HOST,
                            says = "a host such as registry.example.com or 10.0.0.5:5000")
                    String host,
            @Describe(value = "Who is to be logged in.", examples = "ci")
                    @Matches(
                            pattern = "[^\\s:]{1,256}",
                            says = "a login name without spaces and colons")
                    String username,
            @Describe("Their password or token.") EnvValue.FromSecret password) {
        static final String HOST =
                "(?=.*[.:]|localhost$)[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?";

        /** The name by which it is told from others: Docker Hub has several. */
        public String key() {
            return key(host);
        }

        /** The same of a host that an image is named with. */
        public static String key(String host) {
            String lower = host.toLowerCase(Locale.ROOT);
            return switch (lower) {
                case "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com" ->
                        "docker.io";
                default -> lower;
            };
        }
    }

    /**
     * When images and build cache that nobody needs are removed. Volumes never are.
     *
     * @param highWatermark as YAML has it: {@code 85%}
     * @param lowWatermark likewise, below the other
     */
    public record Cleanup(
            @Describe("false removes nothing; a disk that fills up is told of all the same.")
                    @Default("true")
                    boolean enabled,
            @Describe(
                            "Time that an image stays after the last container and the last kept release that needed it are gone, and build cache after it was last used.")
                    @Default("7d")
                    @Within(min = "1m", max = "365d")
                    Duration after,
            @Describe(
                            "How full the engine's disk may get. Above it, what nobody needs goes at once, the oldest first, down to lowWatermark; if it stays above, that is an alarm.")
                    @Default("85%")
                    @Matches(pattern = PERCENT, says = PERCENT_SAYS)
                    String highWatermark,
            @Describe("How full it may be for that to end. Below highWatermark.")
                    @Default("75%")
                    @Matches(pattern = PERCENT, says = PERCENT_SAYS)
                    String lowWatermark) {
        static final String PERCENT = "[1-9][0-9]?%";
        static final String PERCENT_SAYS = "a share of the disk from 1% to 99%";

        /** After a week; between 85 % and 75 %. */
        public static final Cleanup USUAL = new Cleanup(true, Duration.ofDays(7), "85%", "75%");

        /** The high watermark in percent. */
        public int high() {
            return percent(highWatermark);
        }

        /** The low watermark in percent. */
        public int low() {
            return percent(lowWatermark);
        }

        private static int percent(String text) {
            return Integer.parseInt(text.substring(0, text.length() - 1));
        }
    }

    /** How source is built. */
    public record Builds(
            @Describe("How many builds run at a time; more wait.")
                    @Default("2")
                    @Range(min = 1, max = 64)
                    int concurrency,
            @Describe("Time a build may take; then it is cancelled and has failed.")
                    @Default("30m")
                    @Within(min = "1s", max = "1d")
                    Duration timeout,
            @Describe(
                            value =
                                    "Memory that a step of a build may use; one that needs more is killed. None = no limit. With a limit of memory or CPU the classic builder builds, which has no cache mounts and no secrets.",
                            examples = "2Gi")
                    @Within(min = "6Mi", max = "1024Ti")
                    @Nullable ByteSize memory,
            @Describe(
                            value =
                                    "CPU cores that a step of a build may use, more than 0, in steps of 0.001. None = no limit.",
                            examples = "1.5")
                    @Range(max = 1024)
                    @Nullable BigDecimal cpus,
            @Describe(
                            value =
                                    "Where images that were built are pushed to, as <registry>/<app>:<hash>, before they are released, and are pulled from when the engine lacks them. None = they are in this engine alone.",
                            examples = "registry.example.com/team")
                    @Matches(
                            pattern = REGISTRY,
                            says =
                                    "a registry's host, with a path where it wants one, in lower case: registry.example.com/team")
                    @Nullable String registry) {
        static final String REGISTRY =
                "(?=[^/]*[.:]|localhost(/|$))[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*){0,8}";

        /** What counts when nothing is said. */
        public static final Builds USUAL = new Builds(2, Duration.ofMinutes(30), null, null, null);
    }

    /** What stands before the edge. */
    public record Edge(
            @Describe(
                            value =
                                    "Networks of proxies before Berth (a CDN, a load balancer) that are believed when they say whose request it is. Of all others nothing is believed.",
                            examples = "[10.0.0.0/8, 'fd00::/8']")
                    @Matches(
                            pattern = Cidr.PATTERN,
                            says = "a network such as 10.0.0.0/8 or an IP address")
                    List<String> trustedProxies,
            @Describe(
                            "Connections of trusted proxies begin with a PROXY header (version 1 or 2); without one they are closed.")
                    @Default("false")
                    boolean proxyProtocol,
            @Describe(
                            value =
                                    "Addresses at which the internet reaches this host, when they are not its own: behind NAT, a load balancer. For the check whether a host points here before a certificate is ordered.",
                            examples = "[198.51.100.7]")
                    @Matches(pattern = Cidr.PATTERN, says = "an IP address or a network")
                    List<String> addresses) {
        /** Nothing. */
        public static final Edge NONE = new Edge(List.of(), false);

        public Edge {
            trustedProxies = List.copyOf(trustedProxies);
            addresses = List.copyOf(addresses);
        }

        /** One that is reached at its own addresses. */
        public Edge(List<String> trustedProxies, boolean proxyProtocol) {
            this(trustedProxies, proxyProtocol, List.of());
        }
    }

    /** How the config repo is watched. */
    public record Source(
            @Describe(
                            "Time between two looks at the repo; a push to a repo on this machine is seen at once.")
                    @Default("30s")
                    @Within(min = "1s", max = "1d")
                    Duration interval,
            @Describe("Which commits of the config repo are followed.") @Default("{}")
                    Verify verify) {
        /** Follows every commit. */
        public Source(Duration interval) {
            this(interval, Verify.NONE);
        }
    }

    /**
     * Which commits of the config repo are followed.
     *
     * @param allowedSigners {@code null} = no SSH key may sign
     */
    public record Verify(
            @Describe(
                            "Which commits are followed. One that is not leaves everything as it is: the last good commit stays, and status says SourceVerified=False. The commit before says who may sign the next; keys/allowed_signers and keys/gpg/*.asc in Berth's home, if there, count instead of the files named here.")
                    @Default("off")
                    VerifyMode mode,
            @Describe(
                            value =
                                    "File in this repo with the SSH keys that may sign, in the form of ssh-keygen's ALLOWED SIGNERS; a line is such as: ada@example.com ssh-ed25519 AAAAC3Nz...",
                            examples = "keys/allowed_signers")
                    @Matches(pattern = RepoPaths.PATTERN, says = RepoPaths.SAYS)
                    @Nullable String allowedSigners,
            @Describe(
                            value =
                                    "Files in this repo with the GPG keys that may sign, each as gpg --armor --export writes it.",
                            examples = "[keys/ada.asc]")
                    @Matches(pattern = RepoPaths.PATTERN, says = RepoPaths.SAYS)
                    List<String> gpg) {
        /** Every commit is followed. */
        public static final Verify NONE = new Verify(VerifyMode.OFF, null, List.of());

        public Verify {
            gpg = List.copyOf(gpg);
        }
    }

    /** Which commits of the config repo are followed. */
    public enum VerifyMode {
        @Describe("every commit")
        OFF,
        @Describe("a commit that is signed with one of the keys")
        HEAD,
        @Describe("the same, if all commits since the last one followed are signed so, too")
        STRICT
    }

    /** Guards on deletion. */
    public record Prune(
            @Describe(
                            "A pass that would delete more resources than this deletes none and reports PruneBlocked.")
                    @Default("5")
                    @Range(min = 0, max = 10_000)
                    int maxDeletesPerRun,
            @Describe(
                            value =
                                    "What is to be deleted: resources, which then do not count, and volumes (volume/<app>/<name>) whose deletionPolicy is Delete. Only what no document declares is ever deleted. And instance/<former name>, so that a new metadata.name counts. Take a line out again once it is done.",
                            examples = "[app/shop, volume/shop/uploads]")
                    @Matches(
                            pattern =
                                    "((app|job|instance)|volume/[a-z]([a-z0-9-]{0,38}[a-z0-9])?)/[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says =
                                    "app/<name>, job/<name>, volume/<app>/<name> or instance/<former name>")
                    List<String> confirm) {
        public Prune {
            confirm = List.copyOf(confirm);
        }

        /** Nothing is confirmed. */
        public Prune(int maxDeletesPerRun) {
            this(maxDeletesPerRun, List.of());
        }
    }

    /** How the container engine is used. */
    public record Engine(
            @Describe("How the edge reaches containers.") @Default("auto") Reach reach) {}

    /** How the edge reaches containers. */
    public enum Reach {
        @Describe("what works where the edge runs on the engine's Linux host: container")
        AUTO,
        @Describe("at the container's own address; nothing is published on the host")
        CONTAINER,
        @Describe("at a port published on 127.0.0.1")
        LOOPBACK
    }
}
