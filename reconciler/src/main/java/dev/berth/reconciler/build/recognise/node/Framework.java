package dev.berth.reconciler.build.recognise.node;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a package is made with, by the dependency that names it. The first that fits counts. */
enum Framework {
    NEXT("Next.js", "next"),
    NUXT("Nuxt", "nuxt nuxt3"),
    REACT_ROUTER("React Router", "@react-router/dev"),
    REMIX("Remix", "@remix-run/dev @remix-run/react"),
    SVELTEKIT("SvelteKit", "@sveltejs/kit"),
    ASTRO("Astro", "astro"),
    TANSTACK_START("TanStack Start", "@tanstack/react-start @tanstack/solid-start"),
    SOLID_START("SolidStart", "@solidjs/start"),
    QWIK("Qwik", "@builder.io/qwik-city @qwik.dev/router"),
    NESTJS("NestJS", "@nestjs/core"),
    DOCUSAURUS("Docusaurus", "@docusaurus/core"),
    VITEPRESS("VitePress", "vitepress"),
    ANGULAR("Angular", "@angular/core"),
    VUE_CLI("Vue CLI", "@vue/cli-service"),
    CREATE_REACT_APP("Create React App", "react-scripts"),
    RSBUILD("Rsbuild", "@rsbuild/core"),
    VITE("Vite", "vite"),
    EXPRESS("Express", "express"),
    SERVER(
            "Node.js server",
            "fastify koa hono @hono/node-server @hapi/hapi polka restify h3 @apollo/server"),
    NODE("Node.js", "");

    private final String title;
    private final String packages;

    Framework(String title, String packages) {
        this.title = title;
        this.packages = packages;
    }

    private List<String> packages() {
        return List.of(packages.split(" ", -1));
    }

    String title() {
        return title;
    }

    /** What a package is made with; {@link #NODE} when nothing says. */
    static Framework of(PackageJson json) {
        Framework first = first(json, Framework.values()).orElse(NODE);
        // a server that bundles its own pages is still a server
        return first.isBundler() && json.hasScript("start") && !startsBundler(json)
                ? first(json, EXPRESS, SERVER).orElse(first)
                : first;
    }

    /** The package that names it in a manifest. */
    String marker(PackageJson json) {
        return packages().stream().filter(p -> json.uses(p)).findFirst().orElse("package.json");
    }

    /** Makes files for browsers only, unless something else serves. */
    boolean isBundler() {
        return switch (this) {
            case VITE, RSBUILD, CREATE_REACT_APP, VUE_CLI, ANGULAR -> true;
            case NEXT,
                    NUXT,
                    REACT_ROUTER,
                    REMIX,
                    SVELTEKIT,
                    ASTRO,
                    TANSTACK_START,
                    SOLID_START,
                    QWIK,
                    NESTJS,
                    DOCUSAURUS,
                    VITEPRESS,
                    EXPRESS,
                    SERVER,
                    NODE ->
                    false;
        };
    }

    /** Runs without having been built. */
    boolean isPlain() {
        return this == NODE || this == EXPRESS || this == SERVER;
    }

    /** What its build script usually says. */
    String usualBuild() {
        return switch (this) {
            case NEXT -> "next build";
            case NUXT -> "nuxt build";
            case REACT_ROUTER -> "react-router build";
            case REMIX -> "remix vite:build";
            case ASTRO -> "astro build";
            case SOLID_START -> "vinxi build";
            case QWIK -> "qwik build";
            case NESTJS -> "nest build";
            case DOCUSAURUS -> "docusaurus build";
            case VITEPRESS -> "vitepress build docs";
            case ANGULAR -> "ng build";
            case VUE_CLI -> "vue-cli-service build";
            case CREATE_REACT_APP -> "react-scripts build";
            case RSBUILD -> "rsbuild build";
            case SVELTEKIT, TANSTACK_START, VITE -> "vite build";
            case EXPRESS, SERVER, NODE -> "tsc";
        };
    }

    private static boolean startsBundler(PackageJson json) {
        String start = json.scripts().getOrDefault("start", "");
        return start.matches("(?s).*\\b(vite|rsbuild|react-scripts|vue-cli-service|ng)\\b.*");
    }

    private static Optional<Framework> first(PackageJson json, Framework... some) {
        return Arrays.stream(some).filter(f -> json.usesAny(f.packages())).findFirst();
    }
}
