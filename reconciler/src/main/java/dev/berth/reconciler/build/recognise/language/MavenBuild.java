package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.Step.Cache;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What has a {@code pom.xml}. */
final class MavenBuild {
    static final String FILE = "pom.xml";

    private static final Pattern MODULE = Pattern.compile("<module>\\s*([^<\\s]+)\\s*</module>");
    private static final Pattern RUNNABLE =
            Pattern.compile("maven-shade-plugin|maven-assembly-plugin|<mainClass>|<Main-Class>");
    private static final String BOOT_PLUGIN = "spring-boot-maven-plugin";
    private static final Pattern AGGREGATES = Pattern.compile("<packaging>\\s*pom\\s*</packaging>");
    private static final Pattern WAR = Pattern.compile("<packaging>\\s*war\\s*</packaging>");
    private static final Pattern VERSION =
            Pattern.compile(
                    "<(?:java\\.version|maven\\.compiler\\.release|maven\\.compiler\\.target|release)>"
                            + "\\s*(?:1\\.)?(\\d+)\\s*<");

    private MavenBuild() {}

    static Blueprint plan(Project project) throws Unplannable {
        String pom = project.manifest(FILE);
        List<String> modules = modules(pom);
        if (!modules.isEmpty() && !isProgram(pom)) {
            return plan(onlyProgram(project, modules), project);
        }
        return plan(project, aggregator(project));
    }

    private static Blueprint plan(Project project, Project root) throws Unplannable {
        String pom = own(project.manifest(FILE));
        boolean war = WAR.matcher(pom).find();
        if (war && !pom.contains(BOOT_PLUGIN)) {
            throw new Unplannable(
                    new PlanFailure.UnfitSettings(
                            project.inRepo(FILE),
                            "it makes a war, which takes a server that Berth does not bring",
                            "set its packaging to jar with a server in it, or add a Dockerfile"
                                    + " with your server"));
        }
        JvmServer server = JvmServer.of(pom);
        boolean wrapper = root.has("mvnw");
        Catalog.Images images =
                Versions.images(project, wrapper ? "java" : "maven", version(project, root));
        String member = FileTree.relative(root.path(), project.path());
        String target = FileTree.join(member, "target");
        String select = member.equals(".") ? "" : " -pl %s -am".formatted(member);
        String build = (wrapper ? "sh ./mvnw" : "mvn") + " -B -ntp -DskipTests package" + select;
        String take =
                server == JvmServer.QUARKUS
                        ? "cp -r %s/quarkus-app /out".formatted(target)
                        : JvmProgram.takeJar(target, war ? "*.war" : "*.jar");
        return new Blueprint(
                server.title(),
                root.path(),
                "Maven",
                JvmProgram.stage(images.build(), build + " && " + take, caches(wrapper)),
                JvmProgram.output(
                        project,
                        images.run(),
                        start(server, pom),
                        "the plugin of Spring Boot or Quarkus, maven-shade-plugin, mainClass"));
    }

    /** Not all of its directory: settings that one build writes are none of the next one's. */
    private static List<Cache> caches(boolean wrapper) {
        Cache artifacts = new Cache("maven", "/root/.m2/repository", false);
        return wrapper
                ? List.of(artifacts, new Cache("maven-wrapper", "/root/.m2/wrapper", false))
                : List.of(artifacts);
    }

    private static @Nullable Command start(JvmServer server, String pom) {
        return switch (server) {
            case SPRING_BOOT -> server.start(JvmProgram.JAR);
            case QUARKUS -> server.start("quarkus-run.jar");
            case PLAIN -> RUNNABLE.matcher(pom).find() ? server.start(JvmProgram.JAR) : null;
        };
    }

    /** The module, or the project above that counts it as one of its own. */
    private static Project aggregator(Project project) {
        Project found = project;
        String directory = project.path();
        while (!directory.equals(".")) {
            String below = directory;
            directory = FileTree.parent(directory);
            Project above = project.at(directory);
            if (modules(above.textOrEmpty(FILE)).contains(FileTree.relative(directory, below))) {
                found = above;
            }
        }
        return found;
    }

    private static Project onlyProgram(Project root, List<String> modules) throws Unplannable {
        List<String> programs = new ArrayList<>();
        for (String module : modules) {
            if (isProgram(root.textOrEmpty(FileTree.join(module, FILE)))) {
                programs.add(module);
            }
        }
        return root.onlyIn(
                programs,
                "modules that are programs",
                root.noStart("a module that makes a program", "java -jar app.jar"));
    }

    private static boolean isProgram(String text) {
        String pom = own(text);
        return !AGGREGATES.matcher(pom).find()
                && (pom.contains(BOOT_PLUGIN)
                        || pom.contains("quarkus-maven-plugin")
                        || RUNNABLE.matcher(pom).find());
    }

    /** Without what is said of other modules, and comments. */
    private static String own(String pom) {
        String spoken = without(pom, "<!--", "-->");
        return without(spoken, "<pluginManagement>", "</pluginManagement>");
    }

    private static String without(String text, String begin, String end) {
        StringBuilder left = new StringBuilder();
        int at = 0;
        for (int from = text.indexOf(begin); from >= 0; from = text.indexOf(begin, at)) {
            int to = text.indexOf(end, from);
            if (to < 0) {
                break;
            }
            left.append(text, at, from);
            at = to + end.length();
        }
        return left.append(text.substring(at)).toString();
    }

    private static List<String> modules(String pom) {
        List<String> modules = new ArrayList<>();
        Matcher module = MODULE.matcher(pom);
        while (module.find()) {
            modules.add(module.group(1));
        }
        return modules;
    }

    private static @Nullable Accepted version(Project project, Project root) {
        return Versions.first(
                JavaVersion.ofFiles(project),
                Versions.matching(project, FILE, VERSION.pattern(), Dialect.NPM),
                Versions.matching(root, FILE, VERSION.pattern(), Dialect.NPM));
    }
}
