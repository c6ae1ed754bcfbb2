package dev.berth.reconciler.engine.buildlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.buildlog.BuildFault.DiskFull;
import dev.berth.reconciler.engine.buildlog.BuildFault.LockFileOutOfDate;
import dev.berth.reconciler.engine.buildlog.BuildFault.MissingScript;
import dev.berth.reconciler.engine.buildlog.BuildFault.NoNetwork;
import dev.berth.reconciler.engine.buildlog.BuildFault.NotExecutable;
import dev.berth.reconciler.engine.buildlog.BuildFault.OutOfMemory;
import dev.berth.reconciler.engine.buildlog.BuildFault.RegistryRateLimit;
import dev.berth.reconciler.engine.buildlog.BuildFault.SecretMissing;
import dev.berth.reconciler.engine.buildlog.BuildFault.UnknownBaseImage;
import dev.berth.reconciler.engine.buildlog.BuildFault.UnknownInstruction;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BuildFaultTest {
    static Stream<Arguments> known() {
        return Stream.of(
                known("secret TOKEN not found: not found", new SecretMissing("TOKEN")),
                known("secret npm-token: not found", new SecretMissing("npm-token")),
                known("executor failed running [/bin/sh -c x]: exit code: 137", new OutOfMemory()),
                known("The command 'x' returned a non-zero code: 137", new OutOfMemory()),
                known(
                        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
                        new OutOfMemory()),
                known(
                        "npm error code ENOSPC\nnpm error syscall write\nnpm error errno -28",
                        new DiskFull()),
                known("cp: write error: No space left on device", new DiskFull()),
                known(
                        "npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.",
                        new LockFileOutOfDate("package-lock.json", "npm install")),
                known(
                        "npm ERR! The `npm ci` command can only install with an existing package-lock.json or",
                        new LockFileOutOfDate("package-lock.json", "npm install")),
                known(
                        " ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\" because pnpm-lock.yaml is not up to date with package.json",
                        new LockFileOutOfDate("pnpm-lock.yaml", "pnpm install")),
                known(
                        "➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.",
                        new LockFileOutOfDate("yarn.lock", "yarn install")),
                known(
                        "error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.",
                        new LockFileOutOfDate("yarn.lock", "yarn install")),
                known(
                        "error: lockfile had changes, but lockfile is frozen",
                        new LockFileOutOfDate("bun.lock", "bun install")),
                known(
                        "The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.",
                        new LockFileOutOfDate("uv.lock", "uv lock")),
                known(
                        "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.",
                        new LockFileOutOfDate("poetry.lock", "poetry lock")),
                known(
                        "error: the lock file /app/Cargo.lock needs to be updated but --locked was passed to prevent this",
                        new LockFileOutOfDate("Cargo.lock", "cargo generate-lockfile")),
                known(
                        "error: cannot update the lock file /app/Cargo.lock because --locked was passed to prevent this",
                        new LockFileOutOfDate("Cargo.lock", "cargo generate-lockfile")),
                known(
                        "error: The lockfile is out of date. Run `deno install --frozen=false`, or rerun with `--frozen=false` to update it.",
                        new LockFileOutOfDate("deno.lock", "deno install")),
                known(
                        "You are trying to install in deployment mode after changing\nyour Gemfile. Run `bundle install` elsewhere and add the\nupdated Gemfile.lock to version control.",
                        new LockFileOutOfDate("Gemfile.lock", "bundle install")),
                known(
                        "Your Pipfile.lock (a1b2c3) out of date, but need to be up-to-date (d4e5f6).",
                        new LockFileOutOfDate("Pipfile.lock", "pipenv lock")),
                known(
                        "- Required package \"monolog/monolog\" is not present in the lock file.",
                        new LockFileOutOfDate("composer.lock", "composer update --lock")),
                known(
                        "g++: fatal error: Killed signal terminated program cc1plus",
                        new OutOfMemory()),
                known(
                        "error: could not compile `x`\nCaused by:\n  process didn't exit successfully: `rustc` (signal: 9, SIGKILL: kill)",
                        new OutOfMemory()),
                known(
                        "main.go:4:2: missing go.sum entry for module providing package x.org/y",
                        new LockFileOutOfDate("go.sum", "go mod tidy")),
                known(
                        "toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading",
                        new RegistryRateLimit()),
                known("npm error 429 Too Many Requests - GET https://r/x", new RegistryRateLimit()),
                known("npm error Missing script: \"build\"", new MissingScript("build")),
                known("npm ERR! missing script: build:prod", new MissingScript("build:prod")),
                known(" ERR_PNPM_NO_SCRIPT  Missing script: build", new MissingScript("build")),
                known("error Command \"build\" not found.", new MissingScript("build")),
                known(
                        "Usage Error: Couldn't find a script named \"build\".",
                        new MissingScript("build")),
                known("error: Script not found \"build\"", new MissingScript("build")),
                known(
                        "pull access denied for acme/none, repository does not exist or may require 'docker login'",
                        new UnknownBaseImage("acme/none")),
                known(
                        "manifest for node:99 not found: manifest unknown: manifest unknown",
                        new UnknownBaseImage("node:99")),
                known(
                        "failed to solve: node:99: failed to resolve source metadata for docker.io/library/node:99: docker.io/library/node:99: not found",
                        new UnknownBaseImage("node:99")),
                known(
                        "failed to solve with frontend dockerfile.v0: failed to create LLB definition: docker.io/library/node:99: not found",
                        new UnknownBaseImage("docker.io/library/node:99")),
                known(
                        "npm error code EAI_AGAIN\nnpm error request to https://registry.npmjs.org/x failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org",
                        new NoNetwork("registry.npmjs.org")),
                known(
                        "fatal: unable to access 'https://x/': Could not resolve host: github.com",
                        new NoNetwork("github.com")),
                known(
                        "W: Failed to fetch http://deb.debian.org/x  Temporary failure resolving 'deb.debian.org'",
                        new NoNetwork("deb.debian.org")),
                known("wget: bad address 'example.org'", new NoNetwork("example.org")),
                known(
                        "Head \"https://r.io/v2/x\": dial tcp: lookup r.io on 10.0.0.1:53: no such host",
                        new NoNetwork("r.io")),
                known(
                        "go: x.org/y@v1.0.0: Get \"https://proxy.golang.org/x\": dial tcp: lookup proxy.golang.org on 127.0.0.11:53: read udp 172.17.0.2:4711->127.0.0.11:53: i/o timeout",
                        new NoNetwork("proxy.golang.org")),
                known("connect: Network is unreachable", new NoNetwork(null)),
                known(
                        "npm error code ECONNRESET\nnpm error network request to https://registry.npmjs.org/next failed, reason: read ECONNRESET",
                        new NoNetwork("registry.npmjs.org")),
                known(
                        "npm error request to https://registry.npmjs.org/x failed, reason: Socket timeout",
                        new NoNetwork("registry.npmjs.org")),
                known(
                        "E: Failed to fetch http://deb.debian.org/debian/pool/g/git_2.deb  503  Service Unavailable [IP: 151.101.2.132 80]",
                        new NoNetwork("deb.debian.org")),
                known(
                        "E: Failed to fetch http://deb.debian.org/debian/x.deb  Could not connect to deb.debian.org:80 (151.101.2.132), connection timed out",
                        new NoNetwork("deb.debian.org")),
                known(
                        "WARNING: Retrying (Retry(total=0)) after connection broken by 'ReadTimeoutError(\"HTTPSConnectionPool(host='pypi.org', port=443): Read timed out. (read timeout=15)\")': /simple/flask/",
                        new NoNetwork("pypi.org")),
                known(
                        "Could not transfer artifact org.x:y:pom:1 from/to central (https://repo.maven.apache.org/maven2): Connect to repo.maven.apache.org:443 failed: Connect timed out",
                        new NoNetwork("repo.maven.apache.org")),
                known(
                        "Caused by: java.net.UnknownHostException: services.gradle.org",
                        new NoNetwork("services.gradle.org")),
                known("warning: spurious network error (3 tries remaining)", new NoNetwork(null)),
                known(
                        "/bin/sh: 1: ./mvnw: Permission denied\nThe command 'x' returned a non-zero code: 126",
                        new NotExecutable("./mvnw")),
                known(
                        "#7 0.210 /bin/sh: ./build.sh: Permission denied\nexit code: 126",
                        new NotExecutable("./build.sh")),
                known(
                        "dockerfile parse error line 1: unknown instruction: FORM",
                        new UnknownInstruction(1, "FORM")),
                known(
                        "failed to solve: dockerfile parse error on line 12: unknown instruction: CPY (did you mean COPY?)",
                        new UnknownInstruction(12, "CPY")));
    }

    private static Arguments known(String lines, BuildFault fault) {
        return Arguments.of(lines, fault);
    }

    @ParameterizedTest
    @MethodSource("known")
    void of_knownMessage_isItsFault(String text, BuildFault fault) {
        assertThat(of(text)).isEqualTo(fault);
        assertThat(fault.advice()).isNotBlank().doesNotContain("\n").hasSizeLessThan(200);
    }

    @Test
    void mayPass_whatIsOutsideOfTheBuild_isTriedAgain() {
        assertThat(List.of(new NoNetwork(null), new RegistryRateLimit(), new DiskFull()))
                .allMatch(BuildFault::mayPass);
        assertThat(List.of(new OutOfMemory(), new MissingScript("x"), new UnknownBaseImage("x")))
                .noneMatch(BuildFault::mayPass);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "The command 'x' returned a non-zero code: 1",
                "Error: watch ENOSPC: System limit for number of file watchers reached\nexit code: 1",
                "node: symbol lookup error: node: undefined symbol: x\nexit code: 127",
                "AssertionError: expected 200, got { code: 'ECONNRESET' }\nexit code: 1",
                "src/a.ts(3,5): error TS2304: Cannot find name 'x'.\nexit code: 2",
                "failed to compute cache key: \"/nothere\" not found: not found",
                "sh: npmx: not found\nexit code: 127",
                "mkdir: /x: Permission denied\nexit code: 1"
            })
    void of_anythingElse_isNothing(String text) {
        assertThat(of(text)).isNull();
    }

    @Test
    void exitCode_bothBuilders_isRead() {
        assertThat(BuildFault.exitCode("The command 'x' returned a non-zero code: 3")).isEqualTo(3);
        assertThat(BuildFault.exitCode("executor failed running [x]: exit code: 126"))
                .isEqualTo(126);
        assertThat(BuildFault.exitCode("no code: 4")).isNull();
    }

    private static @Nullable BuildFault of(String text) {
        List<String> lines = text.lines().toList();
        return BuildFault.of(lines, BuildFault.exitCode(text)).orElse(null);
    }
}
