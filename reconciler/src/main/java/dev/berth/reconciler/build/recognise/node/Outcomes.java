package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.recognise.PlanFailure.UnfitSettings;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.schemas.config.Command;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What each framework leaves behind, by its settings and the packages beside it. */
final class Outcomes {
    private static final String SERVER_ENTRY = ".output/server/index.mjs";

    private final Project project;
    private final PackageJson json;
    private final @Nullable String build;
    private final boolean bun;

    /**
     * For one package.
     *
     * @param build the script that builds it; {@code null} = none
     * @param bun its package manager is Bun, which runs TypeScript as it is
     */
    Outcomes(Project project, PackageJson json, @Nullable String build, boolean bun) {
        this.project = project;
        this.bun = bun;
        this.json = json;
        this.build = build;
    }

    /**
     * What is there after the build.
     *
     * @throws Unplannable if it is set to be built for a place that Berth is not
     */
    Outcome of(Framework framework) throws Unplannable {
        return switch (framework) {
            case NEXT -> next();
            case NUXT -> runsScript("generate") ? files("static", ".output/public") : nitro();
            case SOLID_START -> nitro();
            case TANSTACK_START -> tanStack();
            case REACT_ROUTER -> reactRouter();
            case REMIX -> whole("start", List.of("remix-serve", "./build/server/index.js"));
            case SVELTEKIT -> svelteKit();
            case ASTRO -> astro();
            case QWIK -> qwik();
            case NESTJS -> whole("start:prod", List.of("node", "dist/main.js"));
            case DOCUSAURUS -> files("", "build");
            case VITEPRESS -> files("", argument("vitepress build") + ".vitepress/dist");
            case ANGULAR -> Angular.outcome(project);
            case VUE_CLI -> app(set("vue.config", "outputDir", "dist"));
            case CREATE_REACT_APP -> app("build");
            case RSBUILD -> app(set("rsbuild.config", "root", "dist"));
            case VITE -> app(set("vite.config", "outDir", "dist"));
            case EXPRESS, SERVER, NODE -> plain();
        };
    }

    /** Whether the settings of Next.js, which its server reads, load any of some packages. */
    boolean nextLoads(Collection<String> packages) {
        String config = config("next.config");
        return packages.stream()
                .map(
                        name ->
                                Pattern.compile(
                                        "['\"`]" + Pattern.quote(name) + "(?:/[^'\"`]*)?['\"`]"))
                .anyMatch(name -> name.matcher(config).find());
    }

    private Outcome next() throws Unplannable {
        String config = config("next.config");
        String made = set("next.config", "distDir", ".next");
        if (says(config, "output", "export")) {
            // where it is set, the export goes there too
            return files("static export", made.equals(".next") ? "out" : made);
        }
        if (!says(config, "output", "standalone")) {
            return whole("start", List.of("next", "start"));
        }
        if (made.equals(".next") && config.contains("distDir")) {
            throw new Unplannable(
                    new UnfitSettings(
                            json.where(),
                            "distDir of next.config is computed, and output is 'standalone'",
                            "write distDir as a plain string, or leave it out"));
        }
        SortedMap<String, String> kept = new TreeMap<>();
        kept.put(made + "/standalone", ".");
        kept.put(made + "/static", made + "/static");
        if (project.hasDirectory("public")) {
            kept.put("public", "public");
        }
        return new Outcome.Bundle("standalone", kept, node("server.js"));
    }

    private Outcome nitro() {
        return new Outcome.Bundle(
                "", new TreeMap<>(Map.of(".output", ".output")), node(SERVER_ENTRY));
    }

    private Outcome tanStack() {
        if (json.hasScript("start")) {
            return new Outcome.Whole("", Scripts.command(json, "start"), List.of());
        }
        return json.uses("nitro", "nitropack", "vinxi", "@tanstack/nitro-v2-vite-plugin")
                ? nitro()
                : new Outcome.Whole("", null, List.of("a script 'start'", "nitro"));
    }

    private Outcome reactRouter() {
        if (Pattern.compile("\\bssr\\s*:\\s*false").matcher(config("react-router.config")).find()) {
            return new Outcome.Files("single page", "build/client", true);
        }
        return whole("start", List.of("react-router-serve", "./build/server/index.js"));
    }

    private Outcome svelteKit() throws Unplannable {
        if (json.uses("@sveltejs/adapter-node")) {
            return new Outcome.Whole("node", node("build"), List.of());
        }
        if (json.uses("@sveltejs/adapter-static")) {
            boolean spa =
                    Pattern.compile("\\bfallback\\s*:").matcher(config("svelte.config")).find();
            return new Outcome.Files("static", "build", spa);
        }
        throw new Unplannable(
                new UnfitSettings(
                        json.where(),
                        "SvelteKit has no adapter for a server or for files",
                        "use @sveltejs/adapter-node or @sveltejs/adapter-static in svelte.config.js"));
    }

    private Outcome astro() throws Unplannable {
        if (json.uses("@astrojs/node")) {
            return new Outcome.Whole("server", node("./dist/server/entry.mjs"), List.of());
        }
        if (says(config("astro.config"), "output", "server")) {
            throw new Unplannable(
                    new UnfitSettings(
                            json.where(),
                            "Astro renders on a server, but has no adapter for Node.js",
                            "add @astrojs/node, or take output: 'server' out of its settings"));
        }
        return files("static", set("astro.config", "outDir", "dist"));
    }

    private Outcome qwik() {
        if (project.hasDirectory("adapters/static")) {
            return files("static", "dist");
        }
        String script = json.firstScript(List.of("serve"));
        Command serve = script == null ? null : Scripts.command(json, script);
        return new Outcome.Whole("", serve, List.of("a script 'serve'", "adapters/static"));
    }

    private Outcome plain() {
        String script = json.firstScript(List.of("start:prod", "start", "serve"));
        if (script != null && json.hasScript("start")) {
            script = "start";
        }
        Command start = script == null ? null : Scripts.command(json, script);
        String entry = json.main() != null ? json.main() : entry();
        if (start == null && entry != null && build == null && project.has(plainPath(entry))) {
            start = node(plainPath(entry));
        }
        String typeScript = project.first("index.ts", "src/index.ts", "server.ts", "src/server.ts");
        if (start == null && bun && typeScript != null) {
            start = new Command(List.of("bun", "run", typeScript));
        }
        return new Outcome.Whole("", start, List.of("a script 'start'", "main", "server.js"));
    }

    private @Nullable String entry() {
        return project.first(
                "server.js",
                "index.js",
                "app.js",
                "main.js",
                "server.mjs",
                "index.mjs",
                "src/server.js",
                "src/index.js");
    }

    private static String plainPath(String path) {
        return path.replaceFirst("^\\./", "");
    }

    private Outcome whole(String script, List<String> otherwise) {
        Command start =
                json.hasScript(script) ? Scripts.command(json, script) : new Command(otherwise);
        return new Outcome.Whole("", start, List.of());
    }

    private Outcome files(String variant, String directory) {
        return new Outcome.Files(variant, directory, false);
    }

    private Outcome app(String directory) {
        return new Outcome.Files("", directory, true);
    }

    private static Command node(String entry) {
        return new Command(List.of("node", entry));
    }

    private boolean runsScript(String word) {
        return build != null && Scripts.body(json, build).matches("(?s).*\\b" + word + "\\b.*");
    }

    /** The directory that a command of the build script is given, with a slash; else nothing. */
    private String argument(String command) {
        String line = build == null ? "" : Scripts.body(json, build);
        Matcher found = Pattern.compile(Pattern.quote(command) + "\\s+([\\w./]+)").matcher(line);
        return found.find() ? plainPath(found.group(1)).replaceFirst("/*$", "/") : "";
    }

    private String config(String name) {
        StringBuilder all = new StringBuilder();
        for (String end : List.of(".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")) {
            all.append(project.textOrEmpty(name + end));
        }
        return WithoutComments.of(all.toString());
    }

    /** A directory that the settings name, when they do. */
    private String set(String config, String key, String otherwise) throws Unplannable {
        Matcher found =
                Pattern.compile("\\b" + key + "\\s*:\\s*['\"]([\\w./@-]+)['\"]")
                        .matcher(config(config));
        if (!found.find()) {
            return otherwise;
        }
        if (found.group(1).contains("..") || found.group(1).startsWith("/")) {
            throw new Unplannable(
                    new UnfitSettings(
                            json.where(),
                            "%s of %s is outside of the project: %s"
                                    .formatted(key, config, found.group(1)),
                            "build into a directory of the project"));
        }
        return plainPath(found.group(1)).replaceFirst("/+$", "");
    }

    private static boolean says(String config, String key, String value) {
        return Pattern.compile("\\b" + key + "['\"]?\\s*:\\s*['\"`]" + value + "['\"`]")
                .matcher(config)
                .find();
    }
}
