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
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.ShellLine;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.recognise.node.FrontEnd;
import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whatever has a {@code Gemfile}. */
public final class RubyFamily implements Family {
    private static final String RUBY = "ruby";
    private static final String APP = "/app";
    private static final String GEMFILE = "Gemfile";
    private static final String LOCK = "Gemfile.lock";
    private static final String RACKUP = "config.ru";
    private static final int PORT = 3000;
    private static final Pattern LOCAL =
            Pattern.compile(
                    "(?m)^[ \\t]*(?:gemspec|eval_gemfile|path)\\b|\\bpath:|:path[ \\t]*=>|\\bfile:");

    /** What has the front end built together with the assets. */
    private static final List<String> BUNDLERS =
            List.of(
                    "cssbundling-rails",
                    "jsbundling-rails",
                    "shakapacker",
                    "vite_rails",
                    "webpacker");

    private static final Pattern GEM =
            Pattern.compile("(?m)^[ \\t]*gem[ \\t(]+['\"]([\\w-]+)['\"]");

    @Override
    public String name() {
        return RUBY;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        if (!project.has(GEMFILE)) {
            return Optional.empty();
        }
        boolean rails = gems(project).contains("rails");
        boolean rack = project.has(RACKUP);
        return Optional.of(
                new Sighting(
                        recipe(rails, rack),
                        rails || rack ? Confidence.HIGH : Confidence.MEDIUM,
                        rails ? "rails in " + GEMFILE : rack ? RACKUP : GEMFILE,
                        false,
                        () -> plan(project, rails, rack)));
    }

    private static Blueprint plan(Project project, boolean rails, boolean rack) throws Unplannable {
        SortedSet<String> gems = gems(project);
        if (!project.has(LOCK)) {
            throw new Unplannable(
                    new PlanFailure.LockFileMissing(
                            project.inRepo(GEMFILE), "Bundler", LOCK, "bundle lock"));
        }
        Catalog.Images images = Versions.images(project, RUBY, version(project));
        SortedMap<String, String> env = settings();
        if (rails) {
            env.put("RAILS_ENV", "production");
            env.put("RAILS_LOG_TO_STDOUT", "1");
            env.put("RAILS_SERVE_STATIC_FILES", "1");
        } else {
            env.put("RACK_ENV", "production");
        }
        return new Blueprint(
                recipe(rails, rack),
                project.path(),
                "Bundler",
                new BuildStage(
                        images.build(), APP, install(project, gems), compile(project, rails, gems)),
                new Output.Service(
                        images.run(),
                        Libraries.toRun(gems),
                        List.of(new Artifact(APP, APP, true)),
                        APP,
                        env,
                        project.processes(
                                PORT,
                                start(rails, rack, gems),
                                project.noStart("rails, config.ru", "bundle exec ruby app.rb"))));
    }

    private static String recipe(boolean rails, boolean rack) {
        return rails ? "Rails" : rack ? "Rack" : "Ruby";
    }

    private static @Nullable Command start(boolean rails, boolean rack, SortedSet<String> gems) {
        if (rails) {
            // it listens on PORT by itself; a container that was killed and is started again has
            // the file with its number still, and would take itself for another that runs
            return ShellLine.command(
                    "rm -f tmp/pids/server.pid && bundle exec rails server -b 0.0.0.0");
        }
        if (!rack) {
            return null;
        }
        return gems.contains("puma")
                ? Lines.line("bundle exec puma -b tcp://0.0.0.0:$PORT")
                : Lines.line("bundle exec rackup -o 0.0.0.0 -p $PORT");
    }

    private static SortedMap<String, String> settings() {
        return new TreeMap<>(
                Map.of(
                        "BUNDLE_DEPLOYMENT", "1",
                        "BUNDLE_PATH", APP + "/vendor/bundle",
                        "BUNDLE_WITHOUT", "development:test"));
    }

    private static List<Step> install(Project project, SortedSet<String> gems) {
        List<Step> steps = new ArrayList<>(Libraries.toBuild(gems));
        SortedMap<String, String> env = settings();
        env.put("BUNDLE_GLOBAL_GEM_CACHE", "true");
        steps.add(new Step.Env(env));
        List<String> manifests = new ArrayList<>(List.of(GEMFILE, LOCK));
        if (project.has(".ruby-version")) {
            manifests.add(".ruby-version");
        }
        steps.add(
                new Copy(
                        LOCAL.matcher(project.textOrEmpty(GEMFILE)).find()
                                ? List.of(".")
                                : manifests,
                        "./"));
        steps.add(new Run("bundle install", new Cache("bundler", "/root/.bundle/cache", true)));
        return steps;
    }

    private static List<Step> compile(Project project, boolean rails, Set<String> gems)
            throws Unplannable {
        List<Step> steps = new ArrayList<>();
        steps.add(new Copy(List.of("."), "./"));
        boolean assets =
                rails
                        && (project.hasDirectory("app/assets")
                                || BUNDLERS.stream().anyMatch(gems::contains));
        if (!assets) {
            steps.addAll(FrontEnd.steps(project));
            return steps;
        }
        List<Step> packages = FrontEnd.install(project);
        steps.addAll(packages);
        boolean builds = packages.isEmpty() || BUNDLERS.stream().anyMatch(gems::contains);
        String front = builds ? "" : FrontEnd.build(project);
        steps.add(
                new Run(
                        front
                                // those before 7.1 know nothing of a dummy
                                + "RAILS_ENV=production SECRET_KEY_BASE_DUMMY=1 SECRET_KEY_BASE=1"
                                + " bundle exec rails assets:precompile"
                                + (packages.isEmpty() ? "" : " && " + FrontEnd.REMOVE)));
        return steps;
    }

    private static SortedSet<String> gems(Project project) {
        SortedSet<String> gems = new TreeSet<>();
        Matcher gem = GEM.matcher(project.textOrEmpty(GEMFILE));
        while (gem.find()) {
            gems.add(gem.group(1));
        }
        return gems;
    }

    private static @Nullable Accepted version(Project project) {
        return Versions.first(
                Versions.matching(
                        project,
                        GEMFILE,
                        "(?m)^[ \\t]*ruby[ \\t]+['\"]([^'\"]+)['\"]",
                        Dialect.PESSIMISTIC),
                Versions.inFile(project, ".ruby-version"),
                Versions.inToolVersions(project, RUBY));
    }
}
