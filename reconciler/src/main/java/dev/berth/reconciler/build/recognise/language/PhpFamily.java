package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Output.Artifact;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.blueprint.Step.Cache;
import dev.berth.reconciler.build.blueprint.Step.Copy;
import dev.berth.reconciler.build.blueprint.Step.Run;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.ServerCode;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.ManifestText;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.recognise.node.FrontEnd;
import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * PHP, run by FrankenPHP. Only what is meant for the web is served as files: in a project without a
 * directory for that, neither hidden files, nor manifests, nor what is not PHP and looks like
 * source.
 */
public final class PhpFamily implements Family {
    private static final String PHP = "php";
    private static final String APP = "/app";
    private static final String COMPOSER = "composer.json";
    private static final String LOCK = "composer.lock";
    private static final String INDEX = "index.php";
    private static final String SETTINGS = "/etc/Caddyfile";
    private static final int PORT = 8080;

    /** The image brings a page of its own, which shows all settings and variables to everybody. */
    private static final Step NO_SAMPLE = new Run("rm -rf /app/public");

    /** What is never answered, in any case of letters. */
    private static final String HIDDEN = "(?i)/[.]|" + ServerCode.BESIDE_PHP;

    private static final String PRIVATE =
            HIDDEN
                    + "|^/(vendor|node_modules)/|^/(composer[.](json|lock)|package(-lock)?[.]json"
                    + "|Dockerfile|Procfile)$"
                    + "|[.](sql|sqlite|db|log|lock|ya?ml|ini|md|sh|twig)$|"
                    + ServerCode.COPY
                    + "$";

    /** What most programs take to be there, whether their manifests name it or not. */
    private static final List<String> USUAL =
            List.of(
                    "bcmath",
                    "exif",
                    "gd",
                    "intl",
                    "mysqli",
                    "opcache",
                    "pcntl",
                    "pdo_mysql",
                    "pdo_pgsql",
                    "redis",
                    "zip");

    @Override
    public String name() {
        return PHP;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        String text = project.textOrEmpty(COMPOSER);
        if (text.contains("\"laravel/framework\"")) {
            return Optional.of(
                    sighting(
                            "Laravel",
                            Confidence.HIGH,
                            "laravel/framework in " + COMPOSER,
                            project));
        }
        boolean entry = project.hasAny(INDEX, "public/" + INDEX);
        if (project.has(COMPOSER) || entry) {
            String reason = project.has(COMPOSER) ? COMPOSER : INDEX;
            return Optional.of(
                    sighting("PHP", entry ? Confidence.HIGH : Confidence.MEDIUM, reason, project));
        }
        return Optional.empty();
    }

    private static Sighting sighting(String recipe, Confidence sure, String why, Project project) {
        return new Sighting(recipe, sure, why, false, () -> plan(project, recipe));
    }

    private static Blueprint plan(Project project, String recipe) throws Unplannable {
        JsonNode composer =
                project.has(COMPOSER)
                        ? ManifestText.json(project, COMPOSER)
                        : JsonNodeFactory.instance.objectNode();
        List<String> packages = required(composer, false);
        if (!packages.isEmpty() && !project.has(LOCK)) {
            throw new Unplannable(
                    new PlanFailure.LockFileMissing(
                            project.inRepo(COMPOSER), "Composer", LOCK, "composer update"));
        }
        Catalog.Images images = Versions.images(project, PHP, version(project, composer));
        List<Step> extensions = extensions(composer);
        return new Blueprint(
                recipe,
                project.path(),
                packages.isEmpty() ? null : "Composer",
                new BuildStage(
                        images.build(),
                        APP,
                        install(project, extensions, !packages.isEmpty()),
                        compile(project, !packages.isEmpty())),
                new Output.Service(
                        images.run(),
                        setup(extensions, settings(project)),
                        List.of(new Artifact(APP, APP, true)),
                        APP,
                        env(recipe),
                        project.processes(
                                PORT,
                                project.hasAny(INDEX, "public/" + INDEX)
                                        ? Lines.words("frankenphp", "run", "--config", SETTINGS)
                                        : null,
                                project.noStart("index.php, public/index.php", "php server.php"))));
    }

    private static SortedMap<String, String> env(String recipe) {
        SortedMap<String, String> env =
                new TreeMap<>(Map.of("XDG_CONFIG_HOME", "/tmp", "XDG_DATA_HOME", "/tmp"));
        if (recipe.equals("Laravel")) {
            env.put("APP_ENV", "production");
            env.put("LOG_CHANNEL", "stderr");
        }
        return env;
    }

    /** The server's own settings, one line each. */
    private static List<String> settings(Project project) {
        boolean apart = project.has("public/" + INDEX);
        List<String> lines = new ArrayList<>();
        lines.add("{");
        lines.add("  frankenphp");
        lines.add("  admin off");
        lines.add("  auto_https off");
        lines.add("  grace_period %ds".formatted(Lines.GRACE));
        lines.add("}");
        lines.add(":{$PORT} {");
        lines.add("  root * " + (apart ? APP + "/public" : APP));
        lines.add("  @private {");
        lines.add("    path_regexp " + (apart ? HIDDEN : PRIVATE));
        lines.add("    not path /.well-known/*");
        lines.add("  }");
        lines.add("  route {");
        lines.add("    respond @private 404");
        lines.add("    php_server");
        lines.add("  }");
        lines.add("}");
        return lines;
    }

    private static List<Step> setup(List<Step> extensions, List<String> settings) {
        List<Step> steps = new ArrayList<>(extensions);
        steps.add(NO_SAMPLE);
        String write =
                settings.stream()
                        .map(line -> "echo '%s'".formatted(line))
                        .collect(Collectors.joining("; ", "{ ", "; }"));
        // without it errors are shown to everybody
        steps.add(new Run("cp \"$PHP_INI_DIR/php.ini-production\" \"$PHP_INI_DIR/php.ini\""));
        // a program with capabilities of its own does not start where none are granted
        steps.add(new Run("setcap -r /usr/local/bin/frankenphp"));
        steps.add(new Run("%s > %s".formatted(write, SETTINGS)));
        return steps;
    }

    private static List<Step> install(Project project, List<Step> extensions, boolean packages) {
        List<Step> steps = new ArrayList<>(extensions);
        steps.add(NO_SAMPLE);
        if (packages) {
            steps.add(new Step.Packages(List.of("git", "unzip")));
            steps.add(
                    new Step.CopyFromImage(
                            project.catalog().pinned(project.catalog().tool("composer")),
                            "/usr/bin/composer",
                            "/usr/bin/composer"));
            steps.add(new Step.Env("COMPOSER_ALLOW_SUPERUSER", "1"));
            steps.add(new Copy(List.of(COMPOSER, LOCK), "./"));
            steps.add(
                    new Run(
                            "composer install --no-dev --no-scripts --no-autoloader"
                                    + " --no-interaction --prefer-dist",
                            new Cache("composer", "/root/.cache/composer", true)));
        }
        return steps;
    }

    private static List<Step> compile(Project project, boolean packages) throws Unplannable {
        List<Step> steps = new ArrayList<>();
        steps.add(new Copy(List.of("."), "./"));
        if (packages) {
            steps.add(new Run("composer dump-autoload --no-dev --optimize"));
        }
        steps.addAll(FrontEnd.steps(project));
        return steps;
    }

    private static List<Step> extensions(JsonNode composer) {
        TreeSet<String> names = new TreeSet<>(USUAL);
        names.addAll(required(composer, true));
        return List.of(new Run("install-php-extensions " + String.join(" ", names)));
    }

    private static List<String> required(JsonNode composer, boolean extensions) {
        return composer.path("require").propertyNames().stream()
                .filter(name -> !name.equals(PHP) && !name.startsWith("lib-"))
                .filter(name -> name.startsWith("ext-") == extensions)
                .map(name -> name.replaceFirst("^ext-", ""))
                .filter(name -> name.matches("[\\w./-]+"))
                .sorted()
                .toList();
    }

    private static @Nullable Accepted version(Project project, JsonNode composer) {
        JsonNode asked = composer.path("require").path(PHP);
        return Versions.first(
                asked.isString()
                        ? new Accepted(
                                asked.asString(), Dialect.PESSIMISTIC, project.inRepo(COMPOSER))
                        : null,
                Versions.inToolVersions(project, PHP));
    }
}
