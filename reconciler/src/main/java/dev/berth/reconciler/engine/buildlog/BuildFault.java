package dev.berth.reconciler.engine.buildlog;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A failure of a build that is known, with what to do about it. */
public sealed interface BuildFault {
    /** A step was killed for want of memory, or ran out of its own. */
    record OutOfMemory() implements BuildFault {}

    /**
     * A step needed more memory than a build may use.
     *
     * @param bytes the limit
     */
    record OverMemoryLimit(long bytes) implements BuildFault {}

    /**
     * A step mounts a secret that the build was not given.
     *
     * @param id of the mount
     */
    record SecretMissing(String id) implements BuildFault {}

    /** The engine's disk is full. */
    record DiskFull() implements BuildFault {}

    /**
     * The lock file is missing or does not fit what it locks.
     *
     * @param file its name
     * @param command writes it
     */
    record LockFileOutOfDate(String file, String command) implements BuildFault {}

    /** A registry has had enough of us for now. */
    record RegistryRateLimit() implements BuildFault {}

    /** A script that {@code package.json} does not have. */
    record MissingScript(String script) implements BuildFault {}

    /** A base image that no registry gives us. */
    record UnknownBaseImage(String image) implements BuildFault {}

    /**
     * A name could not be resolved or a network not reached.
     *
     * @param host {@code null} = not said
     */
    record NoNetwork(@Nullable String host) implements BuildFault {}

    /** A file that may not be executed. */
    record NotExecutable(String file) implements BuildFault {}

    /** A word at the beginning of a line of the Dockerfile that is no instruction. */
    record UnknownInstruction(int line, String word) implements BuildFault {}

    /** What is wrong and what to do about it, in one line. */
    default String advice() {
        return switch (this) {
            case OutOfMemory() ->
                    "a step ran out of memory: give the machine more, or have the step use less (fewer parallel jobs, a smaller heap)";
            case OverMemoryLimit(var bytes) ->
                    "a step needed more than the %d MiB of memory that a build may use: raise memory in spec.build (or in spec.builds of the Instance), or have the step use less (fewer parallel jobs, a smaller heap)"
                            .formatted(bytes >> 20);
            case SecretMissing(var id) ->
                    "a step mounts the secret %s, which the build is not given: add it to spec.env, as %s: {fromSecret: <secret>.<key>, at: build}"
                            .formatted(id, id);
            case DiskFull() ->
                    "the engine's disk is full: free space on it; docker system df shows what uses it";
            case LockFileOutOfDate(var file, var command) ->
                    "%s is missing or does not fit what it locks: run %s and commit %s"
                            .formatted(file, command, file);
            case RegistryRateLimit() ->
                    "a registry limits how often we may ask: wait, or give Berth a login for it";
            case MissingScript(var script) ->
                    "package.json has no script %s: add it under scripts, or call another one"
                            .formatted(script);
            case UnknownBaseImage(var image) ->
                    "the base image %s does not exist, or is private: check its name and tag, and the login for its registry"
                            .formatted(image);
            case NoNetwork(var host) ->
                    "the build can't reach %s: check the engine's network and DNS"
                            .formatted(host == null ? "the network" : host);
            case NotExecutable(var file) ->
                    "%s may not be executed: run git update-index --chmod=+x on it and commit, or call it with sh"
                            .formatted(file);
            case UnknownInstruction(var line, var word) ->
                    "line %d of the Dockerfile begins with %s, which is no instruction: mend it"
                            .formatted(line, word);
        };
    }

    /** Whether the same build may succeed later: what is wrong is outside of it. */
    default boolean mayPass() {
        return switch (this) {
            case NoNetwork _, RegistryRateLimit(), DiskFull() -> true;
            case OutOfMemory(),
                    OverMemoryLimit _,
                    SecretMissing _,
                    LockFileOutOfDate _,
                    MissingScript _,
                    UnknownBaseImage _,
                    NotExecutable _,
                    UnknownInstruction _ ->
                    false;
        };
    }

    /**
     * Finds out what went wrong.
     *
     * @param lines the last of the failed step's output, and then the engine's own words
     * @param exitCode of the failed step; {@code null} = not known
     * @return empty when it is nothing known
     */
    static Optional<BuildFault> of(List<String> lines, @Nullable Integer exitCode) {
        String text = String.join("\n", lines);
        if (exitCode != null && exitCode == 137) {
            return Optional.of(new OutOfMemory());
        }
        return Known.ALL.stream()
                .flatMap(known -> known.in(text).stream())
                .findFirst()
                .or(() -> exitCode != null && exitCode == 126 ? denied(text) : Optional.empty());
    }

    /** The exit code of the failed step, as the classic builder or BuildKit says it. */
    static @Nullable Integer exitCode(String words) {
        Matcher code =
                Pattern.compile("(?:returned a non-zero code|exit code): (\\d{1,3})\\b")
                        .matcher(words);
        return code.find() ? Integer.valueOf(code.group(1)) : null;
    }

    private static Optional<BuildFault> denied(String text) {
        return Known.NOT_EXECUTABLE.in(text);
    }

    /** A message, and what it means; the first that is found counts. */
    record Known(Pattern message, Function<MatchResult, BuildFault> meaning) {
        private static final Known NOT_EXECUTABLE =
                known(
                        "(?:: |^|\")([^\\s:\"]+)\"?: (?:[Pp]ermission denied|cannot execute)",
                        m -> new NotExecutable(m.group(1)));

        private static final List<Known> ALL =
                List.of(
                        known(
                                "(?i)no space left on device|disk quota exceeded|\\bENOSPC\\b(?!: System limit)",
                                _ -> new DiskFull()),
                        known(
                                "secret ([A-Za-z0-9_.-]+)(?: not found|: not found)",
                                m -> new SecretMissing(m.group(1))),
                        known(
                                "JavaScript heap out of memory|java\\.lang\\.OutOfMemoryError|signal: killed|signal: 9, SIGKILL|Killed signal terminated program|Cannot allocate memory",
                                _ -> new OutOfMemory()),
                        known(
                                "parse error (?:on )?line (\\d{1,6}): unknown instruction: (\\S+)",
                                m ->
                                        new UnknownInstruction(
                                                Integer.parseInt(m.group(1)), m.group(2))),
                        known(
                                "toomanyrequests|(?i)pull rate limit|\\b429 Too Many Requests|code E429",
                                _ -> new RegistryRateLimit()),
                        known(
                                "`npm ci` can only install packages when|`npm ci` command can only install with an existing|npm ci can only install",
                                _ -> lock("package-lock.json", "npm install")),
                        known(
                                "ERR_PNPM_(?:OUTDATED_LOCKFILE|NO_LOCKFILE|LOCKFILE_CONFIG_MISMATCH)",
                                _ -> lock("pnpm-lock.yaml", "pnpm install")),
                        known(
                                "YN0028|lockfile would have been (?:modified|created) by this install|lockfile needs to be updated, but yarn",
                                _ -> lock("yarn.lock", "yarn install")),
                        known(
                                "lockfile had changes, but lockfile is frozen",
                                _ -> lock("bun.lock", "bun install")),
                        known(
                                "`uv\\.lock` needs to be updated|Unable to find lockfile at `uv\\.lock`",
                                _ -> lock("uv.lock", "uv lock")),
                        known(
                                "pyproject\\.toml changed significantly since poetry\\.lock",
                                _ -> lock("poetry.lock", "poetry lock")),
                        known(
                                "lock file \\S*Cargo\\.lock (?:needs to be updated|because --locked)",
                                _ -> lock("Cargo.lock", "cargo generate-lockfile")),
                        known(
                                "[Tt]he lockfile is out of date. Run `deno install",
                                _ -> lock("deno.lock", "deno install")),
                        known(
                                "install in (?:deployment|frozen) mode after changing|bundle config set frozen false|Bundler is unable to continue.{0,80}frozen|lockfile can't be updated because frozen mode is set",
                                _ -> lock("Gemfile.lock", "bundle install")),
                        known(
                                "Pipfile\\.lock \\(\\w+\\) out of date",
                                _ -> lock("Pipfile.lock", "pipenv lock")),
                        known(
                                "is not present in the lock file|lock file is not up to date with the latest changes in composer\\.json",
                                _ -> lock("composer.lock", "composer update --lock")),
                        known(
                                "missing go\\.sum entry|updates to go\\.(?:mod|sum) needed",
                                _ -> lock("go.sum", "go mod tidy")),
                        known(
                                "(?i)missing script: \"?([^\"\\s]+)\"?",
                                m -> new MissingScript(m.group(1))),
                        known(
                                "(?:Couldn't find a script named|Script not found|error Command) \"([^\"]+)\"",
                                m -> new MissingScript(m.group(1))),
                        known(
                                "getaddrinfo (?:EAI_AGAIN|ENOTFOUND) ([^\\s,:]+\\.[^\\s,:]+)",
                                m -> new NoNetwork(m.group(1))),
                        known(
                                "(?:Could not resolve host:|Temporary failure resolving|bad address) '?([^\\s':]+)",
                                m -> new NoNetwork(m.group(1))),
                        known(
                                "\\blookup (\\S+?)(?: on \\S+)?: (?:no such host|server misbehaving|Temporary failure|.{0,120}i/o timeout)",
                                m -> new NoNetwork(m.group(1))),
                        known(
                                "request to \\w+://([^/\\s]+)\\S* failed, reason: (?:\\w+ )?(?:E[A-Z]+|socket hang up|Socket timeout)",
                                m -> new NoNetwork(m.group(1))),
                        known(
                                "Failed to fetch \\w+://([^/\\s]+)\\S*\\s+(?:5\\d\\d|Could not|Unable to|Connection|Cannot initiate)",
                                m -> new NoNetwork(m.group(1))),
                        known(
                                "HTTPS?ConnectionPool\\(host='([^']+)'.{0,400}(?:timed out|NewConnectionError|NameResolutionError)",
                                m -> new NoNetwork(m.group(1))),
                        known(
                                "Could not transfer artifact \\S+ from/to \\S+ \\(\\w+://([^/\\s)]+)[^)]*\\).{0,200}(?:timed out|Connection re(?:set|fused)|Unknown host|status code: 5\\d\\d|Name or service)",
                                m -> new NoNetwork(m.group(1))),
                        known(
                                "UnknownHostException: ([^\\s:]+\\.[^\\s:]+)",
                                m -> new NoNetwork(m.group(1))),
                        known(
                                "(?i)temporary failure in name resolution|network is unreachable|\\bcode E(?:TIMEDOUT|CONNRESET|CONNREFUSED|NETUNREACH)\\b|ERR_SOCKET_TIMEOUT|ESOCKETTIMEDOUT|ERR_PNPM_META_FETCH_FAIL|trouble with your network connection|spurious network error|i/o timeout|TLS handshake timeout",
                                _ -> new NoNetwork(null)),
                        known(
                                "pull access denied for ([^\\s,]+)",
                                m -> new UnknownBaseImage(m.group(1))),
                        known(
                                "manifest for (\\S+) not found",
                                m -> new UnknownBaseImage(m.group(1))),
                        known(
                                "(?:failed to solve(?: with frontend \\S+)?: |definition: |^)([\\w./-]+[:@][\\w.:-]+): (?:failed to resolve source metadata for \\S+: )?.{0,200}?not found$",
                                m -> new UnknownBaseImage(m.group(1))));

        Optional<BuildFault> in(String text) {
            Matcher found = message.matcher(text);
            return found.find() ? Optional.of(meaning.apply(found)) : Optional.empty();
        }

        private static Known known(String message, Function<MatchResult, BuildFault> meaning) {
            return new Known(Pattern.compile(message, Pattern.MULTILINE), meaning);
        }

        private static BuildFault lock(String file, String command) {
            return new LockFileOutOfDate(file, command);
        }
    }
}
