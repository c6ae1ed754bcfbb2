package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.blueprint.Step.Cache;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The package managers of JavaScript, each with its files and commands. */
enum Installer {
    NPM("npm"),
    PNPM("pnpm"),
    YARN_CLASSIC("yarn"),
    YARN_BERRY("yarn"),
    BUN("bun");

    private final String command;

    Installer(String command) {
        this.command = command;
    }

    String command() {
        return command;
    }

    /** Any of these fixes versions. */
    List<String> lockFiles() {
        return switch (this) {
            case NPM -> List.of("package-lock.json", "npm-shrinkwrap.json");
            case PNPM -> List.of("pnpm-lock.yaml");
            case YARN_CLASSIC, YARN_BERRY -> List.of("yarn.lock");
            case BUN -> List.of("bun.lock", "bun.lockb");
        };
    }

    /** Other files that installing reads, when they are there. */
    List<String> settings() {
        return switch (this) {
            case NPM -> List.of(".npmrc");
            case PNPM -> List.of(".npmrc", "pnpm-workspace.yaml", ".pnpmfile.cjs");
            case YARN_CLASSIC -> List.of(".npmrc", ".yarnrc");
            case YARN_BERRY -> List.of(".yarnrc.yml");
            case BUN -> List.of(".npmrc", "bunfig.toml");
        };
    }

    /**
     * Gets the package manager itself; {@code null} when what Node.js brings will do. Not by
     * corepack, which newer images lack.
     */
    @Nullable String setup(String version) {
        return switch (this) {
            case NPM -> version.isEmpty() ? null : "npm install --global npm@" + version;
            case PNPM -> "npm install --global pnpm@" + version;
            // images that bring a yarn of their own have its links in the way
            case YARN_CLASSIC -> "npm install --global --force yarn@" + version;
            case YARN_BERRY -> "npm install --global --force @yarnpkg/cli-dist@" + version;
            case BUN -> "npm install --global bun@" + version;
        };
    }

    /** Installs exactly what the lock file says. */
    String install() {
        return switch (this) {
            case NPM -> "npm ci --no-audit --no-fund";
            case PNPM -> "pnpm install --frozen-lockfile";
            case YARN_CLASSIC -> "yarn install --frozen-lockfile --non-interactive";
            case YARN_BERRY -> "yarn install --immutable";
            case BUN -> "bun install --frozen-lockfile";
        };
    }

    /** Runs a script of the package in the current directory. */
    String run(String script) {
        return command + " run " + script;
    }

    /** Runs a script of a member, from the root of its workspace. */
    String runIn(String member, String script) {
        return switch (this) {
            case NPM -> "npm run %s --workspace %s".formatted(script, member);
            case PNPM -> "pnpm --filter %s run %s".formatted(member, script);
            case YARN_CLASSIC, YARN_BERRY -> "yarn workspace %s run %s".formatted(member, script);
            case BUN -> "bun run --filter %s %s".formatted(member, script);
        };
    }

    /** Runs a program of a dependency. */
    String execute(String program) {
        return switch (this) {
            case NPM -> "npx --no-install " + program;
            case PNPM -> "pnpm exec " + program;
            case YARN_CLASSIC -> "yarn run " + program;
            case YARN_BERRY -> "yarn exec " + program;
            case BUN -> "bun x " + program;
        };
    }

    /** Removes what only building needs. Runs no script: those may need what is removed. */
    String prune() {
        return switch (this) {
            case NPM -> "npm prune --omit=dev --ignore-scripts --no-audit --no-fund";
            case PNPM -> "CI=true pnpm prune --prod --ignore-scripts";
            case YARN_CLASSIC ->
                    "yarn install --production --frozen-lockfile --ignore-scripts --prefer-offline";
            case YARN_BERRY -> "YARN_ENABLE_SCRIPTS=0 yarn workspaces focus --production";
            case BUN -> "true";
        };
    }

    /** What was downloaded once. */
    Cache cache() {
        return switch (this) {
            case NPM -> new Cache("npm", "/root/.npm", true);
            case PNPM -> new Cache("pnpm", "/root/.local/share/pnpm/store", true);
            case YARN_CLASSIC -> new Cache("yarn", "/usr/local/share/.cache/yarn", false);
            case YARN_BERRY -> new Cache("yarn-berry", "/root/.yarn/berry/cache", false);
            case BUN -> new Cache("bun", "/root/.bun/install/cache", true);
        };
    }
}
