package dev.berth.schemas.config;

import dev.berth.schemas.config.Traffic.BasicAuth;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that serves or works: containers of one image, or a directory of files. */
@Describe("An app: containers of one image, or a directory of files served by the edge.")
public record App(
        @Describe("Name and labels.") Metadata metadata, @Describe("What should run.") Spec spec)
        implements Document {

    /** What should run. Exactly one of {@code image}, {@code source} and {@code static} is set. */
    @ExactlyOne({"image", "source", "static"})
    public record Spec(
            @Describe(
                            value = "An image to run, pulled when the engine does not have it.",
                            examples = "ghcr.io/acme/shop:1.4.2")
                    @Matches(
                            pattern = "[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,254}",
                            says = "an image reference such as ghcr.io/acme/shop:1.4.2")
                    @Substituted
                    @Nullable String image,
            @Describe("Code to build an image or files from, with or without a Dockerfile.")
                    @Nullable Source source,
            @Describe("How source is built.") @Needs("source") @Nullable Build build,
            @Key("static")
                    @Describe("A directory of files, served by the edge without a container.")
                    @Nullable StaticFiles staticFiles,
            @Describe(
                            value =
                                    "The port the web process listens on; also given to it as"
                                            + " PORT.",
                            examples = "3000")
                    @Range(min = 1, max = 65_535)
                    @Excludes("static")
                    @Nullable Integer port,
            @Describe("What the web process speaks at its port; http when not given.")
                    @Excludes("static")
                    @Nullable Protocol protocol,
            @Describe("How many containers of the web process run; 1 when not given.")
                    @Range(min = 0, max = 100)
                    @Excludes("static")
                    @Nullable Integer replicas,
            @Describe(
                            "What the web process runs instead of the image's own command: a list"
                                    + " of words, or one line for a shell.")
                    @Excludes("static")
                    @Nullable Command command,
            @Describe(
                            "The processes of the app by name. port, protocol, replicas and command"
                                    + " above are short for those of web.")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,18}[a-z0-9])?",
                            says =
                                    "a process name of lower-case letters, digits and '-', at most"
                                            + " 20 long")
                    @Excludes("static")
                    Map<String, ProcessSpec> processes,
            @Describe(
                            "Runs once before a new release starts, in a container of the web"
                                    + " process; while it runs, and if it fails, the old release"
                                    + " serves.")
                    @Excludes("static")
                    @Nullable ReleaseCommand release,
            @Describe("When a new container of the web process counts as ready.")
                    @Default("{}")
                    @Excludes("static")
                    HealthCheck healthcheck,
            @Describe("How a new release replaces the old one.") @Default("{}") @Excludes("static")
                    Rollout rollout,
            @Describe("Limits of each container.") @Default("{}") @Excludes("static")
                    Resources resources,
            @Describe("How the edge treats requests: limits, guards, header fields, pages.")
                    @Default("{}")
                    Traffic traffic,
            @Describe(
                            value =
                                    "Linux capabilities that every process keeps. A container has"
                                            + " none of its own accord; images that start as root and"
                                            + " change to another user need CHOWN, SETGID and SETUID,"
                                            + " some DAC_OVERRIDE and FOWNER too.",
                            examples = "[CHOWN, SETGID, SETUID]")
                    @Excludes("static")
                    List<Capability> capabilities,
            @Describe(
                            value =
                                    "Environment of every process: text, or {fromSecret: name.key};"
                                            + " with at: build or at: all of the build of source,"
                                            + " too. Wins over PORT, HOST, BERTH_APP and BERTH_URL,"
                                            + " which Berth sets.",
                            examples = "{LOG_LEVEL: info}")
                    @Excludes("static")
                    @Matches(
                            pattern = "[A-Za-z_][A-Za-z0-9_]*",
                            says = "a variable name of letters, digits and '_'")
                    @Substituted
                    Map<String, EnvVariable> env,
            @Describe(
                            value =
                                    "EnvGroups whose variables every process gets too. A later one"
                                            + " wins over an earlier one, and env over all.",
                            examples = "[common]")
                    @Excludes("static")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "the name of an EnvGroup")
                    List<String> envFrom,
            @Describe(
                            "Values of Secrets as files in every container, readable there by all."
                                    + " A variable is seen in docker inspect, a file is not.")
                    @Excludes("static")
                    List<SecretFile> secrets,
            @Describe("Directories that outlive containers.") @Excludes("static")
                    List<Volume> volumes,
            @Describe(
                            value =
                                    "What is run by the clock, each time in a container of its own:"
                                            + " with the image of the release that serves, and with the"
                                            + " environment, secrets, volumes and network of the web"
                                            + " process. Not while the app is suspended.",
                            examples =
                                    "[{name: prune, schedule: \"0 3 * * *\", timezone:"
                                            + " Europe/Berlin, command: npm run prune}]")
                    @Excludes("static")
                    List<Cron> cron,
            @Describe(
                            value =
                                    "Hosts that serve the app's web process. None = <app>.<instance"
                                            + " domain>.",
                            examples = "[shop.example.com]")
                    @Matches(pattern = HostNames.PATTERN, says = HostNames.SAYS)
                    @Substituted
                    List<String> domains,
            @Describe(
                            "Stops all containers of the app while nobody asks for it; the next"
                                    + " request starts them and waits for that.")
                    @Excludes("static")
                    @Nullable Sleep sleep,
            @Describe("true stops the app's containers and answers 503; its volumes stay.")
                    @Default("false")
                    boolean suspend,
            @Describe(
                            value = "Change it to start fresh containers of the same release.",
                            examples = "2026-11-21T09:00:00Z")
                    @Excludes("static")
                    @Nullable Instant restartedAt,
            @Describe(
                            value =
                                    "What must be ready before a new release of this app is"
                                            + " started. What serves meanwhile goes on, and is"
                                            + " repaired.",
                            examples = "[{kind: App, name: api}]")
                    List<Dependency> dependsOn,
            @Describe(
                            value =
                                    "Goes back to a release that was ready before, with its image,"
                                            + " command and environment, and with secrets as they are"
                                            + " now; its release command is not run. The app's page"
                                            + " lists those that can be named.",
                            examples = "3f2a91c0")
                    @Matches(
                            pattern = "[0-9a-f]{8}",
                            says = "the id of a release, 8 hexadecimal digits")
                    @Excludes("static")
                    @Nullable String pin,
            @Describe(
                            "A copy of the app for each open pull request of its repo: at"
                                    + " pr-<number>-<app>.<instance domain>, with network and volumes of"
                                    + " its own, and without the app's secrets.")
                    @Needs("source")
                    @Nullable Previews previews,
            @Describe("The certificate of its hosts.") @Default("{}") Tls tls) {
        public Spec {
            processes = Map.copyOf(processes);
            capabilities = List.copyOf(capabilities);
            env = Map.copyOf(env);
            envFrom = List.copyOf(envFrom);
            secrets = List.copyOf(secrets);
            volumes = List.copyOf(volumes);
            cron = List.copyOf(cron);
            domains = List.copyOf(domains);
            dependsOn = List.copyOf(dependsOn);
        }

        /** The same, to be changed. */
        public Draft but() {
            return new Draft(this);
        }
    }

    /** A spec that differs from another one in little. For one thread. */
    public static final class Draft {
        private final Spec base;
        private @Nullable Source source;
        private @Nullable StaticFiles files;
        private boolean asProcesses;
        private Map<String, ProcessSpec> processes;
        private @Nullable ReleaseCommand release;
        private Resources resources;
        private Traffic traffic;
        private Map<String, EnvVariable> env;
        private List<String> envFrom;
        private List<SecretFile> secrets;
        private List<Volume> volumes;
        private List<Cron> cron;
        private List<String> domains;
        private @Nullable Sleep sleep;
        private @Nullable Instant restartedAt;
        private List<Dependency> dependsOn;
        private @Nullable String pin;
        private @Nullable Previews previews;
        private Tls tls;

        private Draft(Spec base) {
            this.base = base;
            source = base.source;
            files = base.staticFiles;
            processes = base.processes;
            release = base.release;
            resources = base.resources;
            traffic = base.traffic;
            env = base.env;
            envFrom = base.envFrom;
            secrets = base.secrets;
            volumes = base.volumes;
            cron = base.cron;
            domains = base.domains;
            sleep = base.sleep;
            restartedAt = base.restartedAt;
            dependsOn = base.dependsOn;
            pin = base.pin;
            previews = base.previews;
            tls = base.tls;
        }

        /** With every process written out, and with what runs before a release. */
        public Draft processes(Map<String, ProcessSpec> all, @Nullable ReleaseCommand before) {
            asProcesses = true;
            processes = all;
            release = before;
            return this;
        }

        /** As one that serves files: without all that is about containers. */
        public Draft files(StaticFiles given) {
            asProcesses = true;
            files = given;
            processes = Map.of();
            release = null;
            cron = List.of();
            sleep = null;
            restartedAt = null;
            return this;
        }

        public Draft source(Source given) {
            source = given;
            return this;
        }

        /** With limits of each container. */
        public Draft resources(Resources given) {
            resources = given;
            return this;
        }

        public Draft traffic(Traffic given) {
            traffic = given;
            return this;
        }

        /** With these variables and files, and none of a group. */
        public Draft variables(Map<String, EnvVariable> variables, List<SecretFile> files) {
            env = variables;
            envFrom = List.of();
            secrets = files;
            return this;
        }

        public Draft volumes(List<Volume> given) {
            volumes = given;
            return this;
        }

        public Draft domains(List<String> hosts) {
            domains = hosts;
            return this;
        }

        public Draft sleep(@Nullable Sleep given) {
            sleep = given;
            return this;
        }

        /**
         * With nothing that is about one moment or one host of one app: its clock, its pin, its
         * previews, its certificate.
         */
        public Draft fresh() {
            tls = Tls.USUAL;
            cron = List.of();
            restartedAt = null;
            pin = null;
            previews = null;
            return this;
        }

        public Draft dependsOn(List<Dependency> given) {
            dependsOn = given;
            return this;
        }

        /** The spec; processes that were given take the place of what is short for them. */
        public Spec make() {
            return new Spec(
                    base.image,
                    source,
                    base.build,
                    files,
                    asProcesses ? null : base.port,
                    asProcesses ? null : base.protocol,
                    asProcesses ? null : base.replicas,
                    asProcesses ? null : base.command,
                    processes,
                    release,
                    base.healthcheck,
                    base.rollout,
                    resources,
                    traffic,
                    base.capabilities,
                    env,
                    envFrom,
                    secrets,
                    volumes,
                    cron,
                    domains,
                    sleep,
                    base.suspend,
                    restartedAt,
                    dependsOn,
                    pin,
                    previews,
                    tls);
        }
    }

    /**
     * Which pull requests have a preview, and what it is given.
     *
     * @param resources {@code null} = those of the app; where nobody has any, 1 GiB and one core
     * @param sleep {@code null} = as the app
     * @param basicAuth {@code null} = as the app
     */
    public record Previews(
            @Describe("false has none.") @Default("true") boolean enabled,
            @Describe(
                            value =
                                    "Only pull requests with one of these labels; none with a label that"
                                            + " is named with a '!' before it. None named = all pull"
                                            + " requests.",
                            examples = "[preview, '!no-preview']")
                    @Matches(
                            pattern = "!?[^\\s!].{0,99}",
                            says = "a label, with a '!' before it for one that must not be there")
                    List<String> labels,
            @Describe("What becomes of pull requests out of forks.") @Default("deny") Forks forks,
            @Describe("false has none for drafts.") @Default("true") boolean drafts,
            @Describe(
                            value =
                                    "Branches that have a preview without a pull request, at"
                                            + " <branch>-<app>.<instance domain>; * stays within a part"
                                            + " of the name, ** does not.",
                            examples = "[feature/*]")
                    @Matches(
                            pattern = "[^\\s~^:\\\\]{1,200}",
                            says = "a branch or a pattern such as feature/*")
                    List<String> branches,
            @Describe("How many run at a time; more wait for their turn, first come, first served.")
                    @Default("3")
                    @Range(min = 0, max = 100)
                    int maxActive,
            @Describe("Time after the last push in which a preview stays.")
                    @Default("72h")
                    @Within(min = "1m", max = "365d")
                    Duration ttl,
            @Describe(
                            value =
                                    "Environment of previews, over that of the app. Of the app's own they"
                                            + " get all but what comes of Secrets and what is encrypted;"
                                            + " those that they need have to be named here.",
                            examples = "{STRIPE_KEY: {fromSecret: shop-preview.stripe}}")
                    @Matches(
                            pattern = "[A-Za-z_][A-Za-z0-9_]*",
                            says = "a variable name of letters, digits and '_'")
                    @Substituted
                    Map<String, EnvVariable> env,
            @Describe("Values of Secrets as files in every container of a preview.")
                    List<SecretFile> secrets,
            @Describe(
                            "Limits of each container of a preview; none = those of the app, and where that has none, 1Gi and 1 core.")
                    @Nullable Resources resources,
            @Describe("When a preview is put to sleep; none = as the app.") @Nullable Sleep sleep,
            @Describe("A password wall before previews; none = as the app.")
                    @Nullable BasicAuth basicAuth) {
        public Previews {
            labels = List.copyOf(labels);
            branches = List.copyOf(branches);
            env = Map.copyOf(env);
            secrets = List.copyOf(secrets);
        }
    }

    /** What becomes of pull requests out of forks: of code that anybody may have written. */
    public enum Forks {
        @Describe("they have no preview")
        DENY,
        @Describe(
                "the commit has one that somebody with write permission has given a label of"
                        + " spec.previews.labels; a push needs the label anew")
        LABELED
    }

    /** What must be ready first. */
    public record Dependency(
            @Describe("Kind of the other resource.") @Default("App") DependencyKind kind,
            @Describe("Its name.")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "the name of a resource")
                    String name) {
        public ResourceId id() {
            return new ResourceId(Kind.valueOf(kind.name()), name);
        }
    }

    /** The kinds that can be depended on; each is a {@link Kind} of the same name. */
    @Verbatim
    public enum DependencyKind {
        @Describe("an app: ready when its declared release serves")
        App,
        @Describe("a job: ready when it has ended with code 0")
        Job
    }

    /** Where code comes from. */
    public record Source(
            @Describe(
                            value =
                                    "URL of a Git repo (https, ssh, file). None = this config"
                                            + " repo.",
                            examples = "https://github.com/acme/shop")
                    @Matches(pattern = GitUrls.PATTERN, says = GitUrls.SAYS, mayHoldLogin = true)
                    @Nullable String repo,
            @Describe("Branch to follow; none = the repo's default branch. Only with repo.")
                    @Matches(pattern = GitUrls.BRANCH_PATTERN, says = GitUrls.BRANCH_SAYS)
                    @Needs("repo")
                    @Nullable String branch,
            @Describe(
                            value =
                                    "Tag to stay at, in place of a branch; where somebody moves it,"
                                            + " it is followed. Only with repo.",
                            examples = "v1.4.2")
                    @Matches(pattern = GitUrls.BRANCH_PATTERN, says = GitUrls.TAG_SAYS)
                    @Needs("repo")
                    @Excludes("branch")
                    @Nullable String tag,
            @Describe(value = "Directory in the repo.", examples = "web")
                    @Default(".")
                    @Matches(pattern = RepoPaths.PATTERN, says = RepoPaths.SAYS)
                    String path,
            @Describe(
                            value =
                                    "Which files count beside those of path, as lines of a"
                                            + " .dockerignore would name them, from the root of the"
                                            + " repo. A commit that changes none of them builds"
                                            + " nothing. Without path these count, and the files"
                                            + " right at the root. Not given: all that a builder"
                                            + " gets counts.",
                            examples = "[packages/**]")
                    List<String> watch) {
        public Source {
            watch = List.copyOf(watch);
        }

        /** One that follows a branch, of which everything counts. */
        public Source(@Nullable String repo, @Nullable String branch, String path) {
            this(repo, branch, null, path, List.of());
        }

        /** What begins the full name of a tag. No branch is named so. */
        public static final String TAGS = "refs/tags/";

        /**
         * What is followed: the short name of a branch, or the full name of a tag; {@code null} =
         * the repo's default branch.
         */
        public @Nullable String ref() {
            return tag == null ? branch : TAGS + tag;
        }
    }

    /** How source is built. */
    public record Build(
            @Describe(
                            "The Dockerfile, relative to source.path. None = Dockerfile, or the one"
                                    + " in docker, .docker or deploy; without any of these the code"
                                    + " is recognised.")
                    @Matches(pattern = RepoPaths.PATTERN, says = RepoPaths.SAYS)
                    @Nullable String dockerfile,
            @Describe(
                            value =
                                    "Build arguments (ARG in the Dockerfile). They win over env"
                                            + " with at: build.",
                            examples = "{NODE_ENV: production}")
                    @Matches(
                            pattern = "[A-Za-z_][A-Za-z0-9_]*",
                            says = "an argument name of letters, digits and '_'")
                    Map<String, String> args,
            @Describe(
                            "Time a build may take; then it is cancelled and has failed. None ="
                                    + " that of spec.builds of the Instance.")
                    @Within(min = "1s", max = "1d")
                    @Nullable Duration timeout,
            @Describe(
                            value =
                                    "Memory that a step of the build may use; one that needs more is"
                                            + " killed. None = that of spec.builds of the Instance.",
                            examples = "2Gi")
                    @Within(min = "6Mi", max = "1024Ti")
                    @Nullable ByteSize memory,
            @Describe(
                            value =
                                    "CPU cores that a step of the build may use, more than 0, in"
                                            + " steps of 0.001. None = those of spec.builds of the"
                                            + " Instance.",
                            examples = "1.5")
                    @Range(max = 1024)
                    @Nullable BigDecimal cpus,
            @Describe(
                            "true: limits of memory and CPU in spec.builds of the Instance do not"
                                    + " count for this build, only those given here.")
                    @Default("false")
                    boolean unlimited) {
        public Build {
            args = Map.copyOf(args);
        }

        /** One with the limits of the Instance. */
        public Build(@Nullable String dockerfile, Map<String, String> args) {
            this(dockerfile, args, null, null, null, false);
        }
    }

    /** A directory of files. */
    public record StaticFiles(
            @Describe("Directory in this config repo.")
                    @Matches(pattern = RepoPaths.PATTERN, says = RepoPaths.SAYS)
                    String path,
            @Describe(
                            "true answers unknown paths with /index.html, for apps that route in"
                                    + " the browser.")
                    @Default("false")
                    boolean spa) {}

    /** One process of an app. */
    public record ProcessSpec(
            @Describe(
                            "What it runs instead of the image's own command: a list of words, or"
                                    + " one line for a shell.")
                    @Nullable Command command,
            @Describe("The port it listens on; also given to it as PORT.")
                    @Range(min = 1, max = 65_535)
                    @Nullable Integer port,
            @Describe("What it speaks at its port.") @Default("http") Protocol protocol,
            @Describe("How many containers of it run.") @Default("1") @Range(min = 0, max = 100)
                    int replicas) {}

    /** When a new container counts as ready: probed from the edge, twice in a row. */
    public record HealthCheck(
            @Describe(
                            "Path to GET. Ready = 2xx or 3xx; without a path / is asked and 401 and"
                                    + " 404 count too.")
                    @Matches(pattern = "/[\\x21-\\x7e]*", says = "a path starting with /")
                    @Nullable String path,
            @Describe("true asks only that the port accepts a connection.") @Default("false")
                    boolean tcp,
            @Describe("A command run in the container; exit 0 = ready.") @Nullable Command command,
            @Describe("Time between two probes.") @Default("1s") @Within(min = "100ms", max = "1h")
                    Duration interval,
            @Describe("Time one probe may take.") @Default("5s") @Within(min = "100ms", max = "5m")
                    Duration timeout,
            @Describe(
                            "Time within which it must become ready, from when Berth first asks it,"
                                    + " which is right after its start.")
                    @Default("120s")
                    @Within(min = "1s", max = "1h")
                    Duration deadline) {}

    /** What runs before a release starts. */
    public record ReleaseCommand(
            @Describe(
                            value =
                                    "The command: a list of words, or one line for a shell. Once it"
                                            + " has ended with code 0 it is not run again for that"
                                            + " release.",
                            examples = "npm run migrate")
                    Command command,
            @Describe("Time it may take; then it is stopped and the release has failed.")
                    @Default("10m")
                    @Within(min = "1s", max = "1d")
                    Duration timeout) {}

    /** What is run by the clock. */
    public record Cron(
            @Describe(value = "Name, unique in the app.", examples = "prune")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,18}[a-z0-9])?",
                            says = "a name of lower-case letters, digits and '-', at most 20 long")
                    String name,
            @Describe(
                            value =
                                    "When: minute hour day-of-month month day-of-week, or @hourly,"
                                            + " @daily, @weekly, @monthly, @yearly. A time that was"
                                            + " missed is made up for within an hour, later it is"
                                            + " skipped.",
                            examples = "0 3 * * *")
                    String schedule,
            @Describe(
                            value =
                                    "The time zone of the schedule. When clocks go forward, a time"
                                            + " that the day does not have is due right after; when"
                                            + " they go back, a time that it has twice is due once;"
                                            + " with * for the hour it is due as time goes by.",
                            examples = "Europe/Berlin")
                    @Default("UTC")
                    String timezone,
            @Describe(
                            value =
                                    "What it runs: a list of words, or one line for a shell."
                                            + " BERTH_CRON is its name.",
                            examples = "npm run prune")
                    Command command,
            @Describe("What happens when a run is due while one runs.") @Default("forbid")
                    Concurrency concurrency,
            @Describe("Time a run may take; then it is stopped and has failed.")
                    @Default("1h")
                    @Within(min = "1s", max = "7d")
                    Duration timeout,
            @Describe("How many runs that ended well, and how many that did not, are kept.")
                    @Default("3")
                    @Range(min = 1, max = 50)
                    int keep) {}

    /** What happens when a run is due while one runs. */
    public enum Concurrency {
        @Describe("both run")
        ALLOW,
        @Describe("the new one is skipped")
        FORBID,
        @Describe("the old one is stopped")
        REPLACE
    }

    /** What a process speaks at its port. */
    public enum Protocol {
        @Describe("HTTP/1.1")
        HTTP,
        @Describe("HTTP/2 without TLS, with prior knowledge: what gRPC servers speak")
        H2C
    }

    /** How a new release replaces the old one. */
    public record Rollout(
            @Describe("The order of start and stop.") @Default("bluegreen") Strategy strategy,
            @Describe("Time that requests in flight get before their container is stopped.")
                    @Default("30s")
                    @Within(min = "0s", max = "1h")
                    Duration drain,
            @Describe(
                            "Time that WebSockets and event streams get with the old release before"
                                    + " they are closed, so that their clients connect anew.")
                    @Default("5m")
                    @Within(min = "0s", max = "1d")
                    Duration streams,
            @Describe("How many releases that were ready are remembered, to be pinned.")
                    @Default("5")
                    @Range(min = 1, max = 20)
                    int keepReleases,
            @Describe(
                            value =
                                    "Time after a new release has taken over in which Berth goes"
                                            + " back to the one before, should the new one keep exiting"
                                            + " or its image's HEALTHCHECK fail. 0s = never. Not given:"
                                            + " 5m, and 0s for an app with a release command; give it"
                                            + " there if the release before can work with what that"
                                            + " command has done.",
                            examples = "5m")
                    @Within(min = "0s", max = "1h")
                    @Nullable Duration rollbackWindow) {}

    /** When an app is put to sleep. */
    public record Sleep(
            @Describe(value = "Time without a request.", examples = "15m")
                    @Within(min = "10s", max = "30d")
                    Duration after) {}

    /** The order of start and stop. */
    public enum Strategy {
        @Describe(
                "start the new release beside the old one, switch traffic once it is ready, then"
                        + " stop the old one")
        BLUEGREEN,
        @Describe("stop the old release first, for apps that can't run twice at a time")
        RECREATE
    }

    /** Limits of each container. */
    public record Resources(
            @Describe(value = "Memory; a container that needs more is killed.", examples = "512Mi")
                    @Within(min = "6Mi", max = "1024Ti")
                    @Nullable ByteSize memory,
            @Describe(value = "CPU cores, more than 0, in steps of 0.001.", examples = "0.5")
                    @Range(max = 1024)
                    @Nullable BigDecimal cpus) {}

    /**
     * What a container may be allowed beyond an unprivileged process (capabilities(7)): those that
     * Docker gives to every container when nothing is said. None of them leads out of a container.
     */
    @Verbatim
    public enum Capability {
        @Describe("write to the kernel's audit log")
        AUDIT_WRITE,
        @Describe("change the owner of files")
        CHOWN,
        @Describe("read and write files whatever their permissions")
        DAC_OVERRIDE,
        @Describe("change permissions and times of files of other users")
        FOWNER,
        @Describe("keep set-user-ID and set-group-ID bits when a file changes")
        FSETID,
        @Describe("send signals to processes of other users")
        KILL,
        @Describe("make device files")
        MKNOD,
        @Describe("listen on ports below 1024")
        NET_BIND_SERVICE,
        @Describe("use raw sockets, as ping does")
        NET_RAW,
        @Describe("give capabilities to files")
        SETFCAP,
        @Describe("become another group")
        SETGID,
        @Describe("pass its capabilities on")
        SETPCAP,
        @Describe("become another user")
        SETUID,
        @Describe("change the root directory")
        SYS_CHROOT
    }

    /** A directory that outlives containers. */
    public record Volume(
            @Describe("Name of the volume, unique in the app.")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "a name of lower-case letters, digits and '-', at most 40 long")
                    String name,
            @Describe("Where it is mounted in every container.")
                    @Matches(pattern = "/[^:]+", says = "an absolute path without ':'")
                    String path,
            @Describe("What becomes of its data once no document declares it any more.")
                    @Default("Retain")
                    DeletionPolicy deletionPolicy) {}

    /** What becomes of data that no document declares any more. */
    @Verbatim
    public enum DeletionPolicy {
        @Describe("it stays, for good")
        Retain,
        @Describe("it is deleted once spec.prune.confirm of the Instance names it")
        Delete
    }

    /** A value of a Secret as a file. */
    public record SecretFile(
            @Describe(value = "Name of the Secret.", examples = "api")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "the name of a Secret")
                    String secret,
            @Describe(value = "Key of its data.", examples = "stripe")
                    @Matches(pattern = SecretDocument.KEY_PATTERN, says = "a key of a Secret")
                    String key,
            @Describe(
                            value = "The file, below /run/secrets. None = /run/secrets/<key>.",
                            examples = "stripe.key")
                    @Matches(
                            pattern =
                                    "(/run/secrets/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,7}",
                            says = "a file name, or a path below /run/secrets")
                    @Nullable String path) {
        private static final String DIRECTORY = "/run/secrets/";

        /** The absolute path in the container. */
        public String file() {
            if (path == null) {
                return DIRECTORY + key;
            }
            return path.startsWith(DIRECTORY) ? path : DIRECTORY + path;
        }
    }
}
