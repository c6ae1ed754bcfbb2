package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.blueprint.Step.Cache;
import dev.berth.reconciler.build.blueprint.Step.Copy;
import dev.berth.reconciler.build.blueprint.Step.Run;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Fresh;
import dev.berth.reconciler.build.recognise.Project;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a build: manifests, dependencies, then everything else.
 *
 * @param root where the lock file lies
 * @param member directory of the package, relative to the root
 * @param onBun the image is Bun's own
 */
record NodeBuild(
        Project root,
        String member,
        @Nullable Workspace workspace,
        Packaging packaging,
        PackageJson json,
        boolean onBun) {
    private static final Pattern PLAIN_NAME = Pattern.compile("[@\\w./-]+");

    /** More manifests than that are not worth a step each. */
    private static final int MOST_MANIFESTS = 40;

    private static final List<String> PRISMA_SETTINGS =
            List.of("prisma.config.ts", "prisma.config.js", "prisma.config.mjs", "schema.prisma");

    private static final String SCHEMA = "prisma/schema.prisma";

    private static final String APP = "/app";

    List<Step> install(boolean openSsl) {
        List<Step> steps = new ArrayList<>();
        if (openSsl) {
            steps.add(new Step.Packages(List.of("openssl")));
        }
        Installer installer = packaging.installer();
        String setup = packaging.lockFile() == null ? null : installer.setup(packaging.version());
        if (setup != null && !onBun) {
            steps.add(new Run(setup, Installer.NPM.cache()));
        }
        steps.add(new Step.Env(settings(installer)));
        steps.addAll(manifests());
        if (packaging.lockFile() != null) {
            steps.add(new Run(installer.install(), installer.cache()));
        }
        return steps;
    }

    List<Step> compile(Framework framework, @Nullable String script, boolean prunes) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Copy(List.of("."), "./"));
        List<Cache> caches = caches(framework);
        String[] kept = caches.stream().map(Cache::path).toArray(String[]::new);
        for (String command : commands(script)) {
            steps.add(new Run(caches.isEmpty() ? command : Fresh.line(APP, command, kept), caches));
        }
        if (prunes && packaging.lockFile() != null) {
            steps.add(new Run(packaging.installer().prune(), packaging.installer().cache()));
        }
        return steps;
    }

    private static TreeMap<String, String> settings(Installer installer) {
        TreeMap<String, String> settings = new TreeMap<>(Map.of("CI", "true"));
        if (installer == Installer.YARN_BERRY) {
            // what it links otherwise lies outside of the project, and not in the image
            settings.put("YARN_NODE_LINKER", "node-modules");
        }
        return settings;
    }

    private List<Step> manifests() {
        if (packaging.lockFile() == null) {
            return List.of();
        }
        if (installNeedsAll()) {
            return List.of(new Copy(List.of("."), "./"));
        }
        List<String> files = new ArrayList<>(List.of(PackageJson.FILE, packaging.lockFile()));
        packaging.installer().settings().stream().filter(root::has).forEach(files::add);
        PRISMA_SETTINGS.stream().filter(root::has).forEach(files::add);
        List<Step> steps = new ArrayList<>();
        steps.add(new Copy(files, "./"));
        for (String directory :
                List.of("patches", ".yarn/releases", ".yarn/plugins", ".yarn/patches", "prisma")) {
            if (root.hasDirectory(directory)) {
                steps.add(new Copy(List.of(directory), "./" + directory + "/"));
            }
        }
        if (workspace != null) {
            for (String each : workspace.members()) {
                steps.add(new Copy(List.of(each + "/" + PackageJson.FILE), "./" + each + "/"));
            }
        }
        return steps;
    }

    /** Hooks of all members are run, whichever is built. */
    private boolean installNeedsAll() {
        if (workspace == null) {
            return json.installRunsScripts(hasUsualSchema());
        }
        return workspace.members().size() > MOST_MANIFESTS
                || workspace.json().installRunsScripts(false)
                || workspace.manifests().stream().anyMatch(each -> each.installRunsScripts(false));
    }

    private boolean hasUsualSchema() {
        return root.has(SCHEMA)
                && !json.prismaElsewhere()
                && root.files().stream().noneMatch(name -> name.startsWith("prisma.config."));
    }

    private List<String> commands(@Nullable String script) {
        if (script == null) {
            return List.of();
        }
        Installer installer = packaging.installer();
        if (workspace == null || member.equals(".")) {
            return List.of(installer.run(script));
        }
        String name = json.name();
        if (name == null || !PLAIN_NAME.matcher(name).matches()) {
            return List.of("cd '%s' && %s".formatted(member, installer.run(script)));
        }
        if (isBuiltBy("turbo")) {
            return List.of(installer.execute("turbo run %s --filter=%s".formatted(script, name)));
        }
        if (isBuiltBy("nx")) {
            return List.of(installer.execute("nx run %s:%s".formatted(name, script)));
        }
        List<String> commands = new ArrayList<>();
        for (PackageJson each : workspace.buildOrder(json)) {
            String own = each.where().equals(json.where()) ? script : "build";
            String other = each.name();
            if (each.hasScript(own) && other != null && PLAIN_NAME.matcher(other).matches()) {
                commands.add(installer.runIn(other, own));
            }
        }
        return commands;
    }

    private boolean isBuiltBy(String tool) {
        return workspace != null && root.has(tool + ".json") && workspace.json().uses(tool);
    }

    private List<Cache> caches(Framework framework) {
        String home = FileTree.join(APP, member);
        List<Cache> caches = new ArrayList<>();
        String own =
                switch (framework) {
                    case NEXT -> home + "/.next/cache";
                    case ANGULAR -> home + "/.angular/cache";
                    case ASTRO -> home + "/node_modules/.astro";
                    case CREATE_REACT_APP, VUE_CLI, DOCUSAURUS -> home + "/node_modules/.cache";
                    case NUXT,
                            REACT_ROUTER,
                            REMIX,
                            SVELTEKIT,
                            TANSTACK_START,
                            SOLID_START,
                            QWIK,
                            NESTJS,
                            VITEPRESS,
                            RSBUILD,
                            VITE,
                            EXPRESS,
                            SERVER,
                            NODE ->
                            null;
                };
        if (own != null) {
            caches.add(new Cache(own.substring(APP.length() + 1), own, false));
        }
        if (isBuiltBy("turbo")) {
            caches.add(new Cache(".turbo", APP + "/.turbo", false));
        }
        return caches;
    }
}
