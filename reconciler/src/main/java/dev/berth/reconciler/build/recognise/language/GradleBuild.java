package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.Step.Cache;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.ManifestText;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import dev.berth.schemas.config.Command;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What has a {@code build.gradle} or {@code build.gradle.kts}. */
final class GradleBuild {
    private static final String VERSION =
            "(?:languageVersion\\D{0,60}?of\\(|jvmToolchain\\s*\\(|(?:source|target)Compatibility\\D{0,60}?(?:1[._])?)"
                    + "\\s*(\\d+)";
    private static final String VERSIONS = "gradle/libs.versions.toml";
    private static final Pattern ALIAS =
            Pattern.compile("\\balias\\(libs\\.plugins\\.([\\w.]+)\\)");
    private static final Pattern KTOR = Pattern.compile("io\\.ktor\\.plugin|plugins?\\.ktor");
    private static final Pattern NAME =
            Pattern.compile("rootProject\\.name\\s*=\\s*['\"]([^'\"]+)['\"]");
    private static final Pattern APPLICATION =
            Pattern.compile("['\"(` ]application['\")`]|(?m)^[ \\t]*application[ \\t]*(?:\\{|$)");

    private static final Pattern FOR_OTHERS =
            Pattern.compile("(?m)^[ \\t]*(?:subprojects|allprojects|configure\\b.*)[ \\t]*\\{");

    private GradleBuild() {}

    /** What a build makes, and where. */
    private enum Product {
        BOOT_JAR("bootJar"),
        QUARKUS_APP("quarkusBuild"),
        FAT_JAR("buildFatJar"),
        SHADOW_JAR("shadowJar"),
        DISTRIBUTION("installDist"),
        NONE("assemble");

        private final String task;

        Product(String task) {
            this.task = task;
        }
    }

    static Blueprint plan(Project project, String file) throws Unplannable {
        if (file.startsWith("settings.")) {
            Project only = onlyProgram(project, programs(project));
            return plan(only, buildFile(only), project);
        }
        boolean empty = !project.hasDirectory("src/main") && !project.hasDirectory("src/jvmMain");
        boolean nothing = empty || product(applied(project, file)) == Product.NONE;
        if (nothing && project.hasAny("settings.gradle", "settings.gradle.kts")) {
            List<String> programs = programs(project);
            if (!programs.isEmpty()) {
                Project only = onlyProgram(project, programs);
                return plan(only, buildFile(only), project);
            }
        }
        return plan(project, file, root(project));
    }

    private static Blueprint plan(Project project, String file, Project root) throws Unplannable {
        project.manifest(file);
        String own = applied(project, file);
        String build = product(own) == Product.NONE ? own + forOthers(project, root) : own;
        Product product = product(build);
        boolean wrapper = root.has("gradlew");
        Catalog.Images images =
                Versions.images(
                        project,
                        wrapper ? "java" : "gradle",
                        Versions.first(
                                JavaVersion.ofFiles(project),
                                Versions.matching(project, file, VERSION, Dialect.NPM)));
        String member = FileTree.relative(root.path(), project.path());
        String prefix = member.equals(".") ? "" : ":" + member.replace('/', ':') + ":";
        String line =
                "%s --no-daemon %s%s -x test && %s"
                        .formatted(
                                wrapper ? "sh ./gradlew" : "gradle",
                                prefix,
                                product.task,
                                take(product, FileTree.join(member, "build")));
        return new Blueprint(
                JvmServer.of(build).title(),
                root.path(),
                "Gradle",
                JvmProgram.stage(images.build(), line, caches(wrapper)),
                JvmProgram.output(
                        project,
                        images.run(),
                        start(product, project, root),
                        "the plugin of Spring Boot, Quarkus, Ktor, shadow or application"));
    }

    /** Not all of its directory: scripts in init.d that one build writes would run in the next. */
    private static List<Cache> caches(boolean wrapper) {
        Cache artifacts = new Cache("gradle", "/root/.gradle/caches", false);
        return wrapper
                ? List.of(artifacts, new Cache("gradle-wrapper", "/root/.gradle/wrapper", false))
                : List.of(artifacts);
    }

    /**
     * What a build file says, without plugins that it only names for others, and with those that it
     * takes from the catalog of versions.
     */
    static String applied(Project project, String file) {
        String build =
                project.textOrEmpty(file)
                        .lines()
                        .filter(l -> !l.contains("apply false") && !l.contains("apply(false)"))
                        .collect(Collectors.joining("\n"));
        Map<String, String> plugins = plugins(root(project));
        Matcher alias = ALIAS.matcher(build);
        StringBuilder named = new StringBuilder(build);
        while (alias.find()) {
            String id = plugins.get(alias.group(1).toLowerCase(Locale.ROOT));
            if (id != null) {
                named.append("\nid(\"").append(id).append("\")");
            }
        }
        return named.toString();
    }

    /** What the build file of the root says for the projects below it; {@code ""} if nothing. */
    private static String forOthers(Project project, Project root) {
        String build = applied(root, buildFile(root));
        return project.path().equals(root.path()) || !FOR_OTHERS.matcher(build).find() ? "" : build;
    }

    /**
     * By the names that build files give them: {@code spring-boot} is {@code spring.boot} there.
     */
    private static Map<String, String> plugins(Project root) {
        Map<String, String> plugins = new HashMap<>();
        if (root.has(VERSIONS)) {
            try {
                ManifestText.toml(root, VERSIONS)
                        .path("plugins")
                        .properties()
                        .forEach(
                                each -> {
                                    JsonNode plugin = each.getValue();
                                    String id =
                                            plugin.isObject()
                                                    ? plugin.path("id").asString("")
                                                    : plugin.asString("").replaceFirst(":.*", "");
                                    String name = each.getKey().replaceAll("[-_]", ".");
                                    plugins.put(name.toLowerCase(Locale.ROOT), id);
                                });
            } catch (Unplannable _) {
                // Gradle says better what is wrong with it
            }
        }
        return plugins;
    }

    private static Product product(String build) {
        return switch (JvmServer.of(build)) {
            case SPRING_BOOT -> Product.BOOT_JAR;
            case QUARKUS -> Product.QUARKUS_APP;
            case PLAIN -> {
                if (KTOR.matcher(build).find()) {
                    yield Product.FAT_JAR;
                } else if (build.contains("shadow")) {
                    yield Product.SHADOW_JAR;
                }
                yield APPLICATION.matcher(build).find() ? Product.DISTRIBUTION : Product.NONE;
            }
        };
    }

    private static String take(Product product, String directory) {
        return switch (product) {
            case BOOT_JAR -> JvmProgram.takeJar(directory + "/libs", "*.jar");
            case FAT_JAR, SHADOW_JAR -> JvmProgram.takeJar(directory + "/libs", "*-all.jar");
            case QUARKUS_APP -> "cp -r %s/quarkus-app /out".formatted(directory);
            case DISTRIBUTION -> "cp -r %s/install/* /out".formatted(directory);
            case NONE -> "cp -r %s/libs /out".formatted(directory);
        };
    }

    private static @Nullable Command start(Product product, Project project, Project root) {
        return switch (product) {
            case BOOT_JAR -> JvmServer.SPRING_BOOT.start(JvmProgram.JAR);
            case QUARKUS_APP -> JvmServer.QUARKUS.start("quarkus-run.jar");
            case FAT_JAR, SHADOW_JAR -> JvmServer.PLAIN.start(JvmProgram.JAR);
            case DISTRIBUTION -> Lines.words(JvmProgram.APP + "/bin/" + name(project, root));
            case NONE -> null;
        };
    }

    private static String name(Project project, Project root) {
        if (!project.path().equals(root.path())) {
            return FileTree.name(project.path());
        }
        Matcher name =
                NAME.matcher(
                        root.textOrEmpty("settings.gradle")
                                + root.textOrEmpty("settings.gradle.kts"));
        // without a name Gradle takes the directory's
        return name.find() ? name.group(1) : FileTree.name(JvmProgram.APP);
    }

    private static Project root(Project project) {
        String directory = project.path();
        while (!directory.equals(".")
                && !project.at(directory).hasAny("settings.gradle", "settings.gradle.kts")) {
            directory = FileTree.parent(directory);
        }
        Project above = project.at(directory);
        return above.hasAny("settings.gradle", "settings.gradle.kts") ? above : project;
    }

    private static List<String> programs(Project root) {
        List<String> files =
                root.below(name -> name.startsWith("build.gradle")).stream()
                        .filter(file -> file.contains("/"))
                        .toList();
        List<String> programs = directories(files, f -> product(applied(root, f)) != Product.NONE);
        String above = applied(root, buildFile(root));
        boolean given = FOR_OTHERS.matcher(above).find() && product(above) != Product.NONE;
        return programs.isEmpty() && given
                ? directories(files, f -> root.hasDirectory(FileTree.parent(f) + "/src/main"))
                : programs;
    }

    private static List<String> directories(List<String> files, Predicate<String> which) {
        return files.stream().filter(which).map(FileTree::parent).distinct().toList();
    }

    private static Project onlyProgram(Project root, List<String> programs) throws Unplannable {
        return root.onlyIn(
                programs,
                "subprojects that are programs",
                root.noStart("a subproject that makes a program", "bin/app"));
    }

    private static String buildFile(Project project) {
        return project.has("build.gradle.kts") ? "build.gradle.kts" : "build.gradle";
    }
}
