package dev.berth.reconciler.build.dockerfile;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Output.Artifact;
import dev.berth.reconciler.build.blueprint.Output.Service;
import dev.berth.reconciler.build.blueprint.Output.Site;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.schemas.config.Command;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes blueprints as Dockerfiles: a stage that builds, and one with what comes out and nothing
 * else. The program runs as user 1000, may write where it starts, has {@code PORT}, and is started
 * without a shell or in the place of one, so that SIGTERM reaches it. Files for the edge end up in
 * {@code /site} of an image that holds nothing else. They are for BuildKit, whose mounts keep
 * downloads from build to build and secrets out of layers; without {@code --mount} any builder
 * reads them. Pure.
 */
public final class DockerfileWriter {
    /** Where files for the edge lie in the last stage. */
    public static final String SITE = "/site";

    private static final String USER = "1000:1000";
    private static final String BUILD = "build";
    private static final SortedSet<String> NO_SECRETS = Collections.emptySortedSet();

    private final Target target;

    private DockerfileWriter(Target target) {
        this.target = target;
    }

    /** The text, with a line break at its end. */
    public static String write(Blueprint blueprint, Target target) {
        return new DockerfileWriter(target).text(blueprint);
    }

    private String text(Blueprint blueprint) {
        StringBuilder out = new StringBuilder();
        out.append("# ").append(blueprint.recipe());
        if (blueprint.packageManager() != null) {
            out.append(", packages by ").append(blueprint.packageManager());
        }
        out.append(".\n# Written by Berth. Commit it as Dockerfile to change it: yours wins.\n");
        BuildStage build = blueprint.build();
        if (build != null) {
            write(build, out);
        }
        switch (blueprint.output()) {
            case Service service -> write(service, out);
            case Site site -> write(site, build != null, out);
        }
        return out.toString();
    }

    private void write(BuildStage build, StringBuilder out) {
        out.append("FROM ").append(build.image()).append(" AS ").append(BUILD).append('\n');
        out.append("WORKDIR ").append(build.workdir()).append('\n');
        build.install().forEach(step -> write(step, secrets(), out));
        // not before dependencies are there: another value would have them installed again
        target.variables().clear().forEach(name -> out.append("ARG ").append(name).append('\n'));
        build.compile().stream()
                .filter(step -> !(isAll(step) && build.install().stream().anyMatch(this::isAll)))
                .forEach(step -> write(step, secrets(), out));
    }

    private boolean isAll(Step step) {
        return step instanceof Step.Copy(var from, var to)
                && from.equals(List.of("."))
                && to.equals("./");
    }

    private void write(Service service, StringBuilder out) {
        out.append("\nFROM ").append(service.image()).append('\n');
        // as in the stage that builds, so that what both begin with is done once
        out.append("WORKDIR ").append(service.workdir()).append('\n');
        service.setup().forEach(step -> write(step, NO_SECRETS, out));
        // who owns a directory that is there already, no COPY changes
        out.append("RUN chown -R ").append(USER).append(' ').append(top(service.workdir()));
        out.append('\n');
        service.artifacts().forEach(artifact -> write(artifact, out));
        StringBuilder env = new StringBuilder();
        service.env().forEach((name, value) -> env.append(variable(name, value)));
        env.append(variable("HOME", "/tmp"));
        env.append(variable("PORT", Integer.toString(service.processes().port())));
        out.append("ENV").append(env).append('\n');
        out.append("USER ").append(USER).append('\n');
        out.append("EXPOSE ").append(service.processes().port()).append('\n');
        service.processes()
                .others()
                .forEach(
                        (name, command) ->
                                out.append("# process %s: %s\n".formatted(name, json(command))));
        Command release = service.processes().release();
        if (release != null) {
            out.append("# before a release: ").append(json(release)).append('\n');
        }
        // an image that has an entry point of its own would put it before the command
        out.append("ENTRYPOINT []\n");
        Command web = service.processes().web();
        if (web != null) {
            out.append("CMD ").append(json(web)).append('\n');
        }
    }

    /** Of {@code /app/web}, {@code /app}. */
    private static String top(String directory) {
        int slash = directory.indexOf('/', 1);
        return slash < 0 ? directory : directory.substring(0, slash);
    }

    private static void write(Site site, boolean built, StringBuilder out) {
        out.append(built ? "\n" : "").append("FROM scratch\nCOPY ");
        if (built) {
            out.append("--from=").append(BUILD).append(' ').append(site.directory());
        } else {
            out.append(site.directory());
        }
        out.append(' ').append(SITE).append("\n");
    }

    private static void write(Artifact artifact, StringBuilder out) {
        out.append("COPY --from=").append(BUILD);
        if (artifact.own()) {
            out.append(" --chown=").append(USER);
        }
        out.append(' ').append(artifact.from()).append(' ').append(artifact.to()).append('\n');
    }

    /**
     * @param secrets given to what runs, the install too: it is what registries ask for tokens
     */
    private void write(Step step, SortedSet<String> secrets, StringBuilder out) {
        switch (step) {
            case Step.Copy(var from, var to) -> {
                out.append("COPY ").append(paths(from, to)).append('\n');
            }
            case Step.CopyFromImage(var image, var from, var to) ->
                    out.append("COPY --from=%s %s %s\n".formatted(image, from, to));
            case Step.ChangeDirectory(var to) -> out.append("WORKDIR ").append(to).append('\n');
            case Step.Run(var command, var caches) ->
                    out.append("RUN ")
                            .append(mounts(caches, secrets))
                            .append(exports(secrets))
                            .append(command)
                            .append('\n');
            case Step.Env(var variables) -> {
                out.append("ENV");
                variables.forEach((name, value) -> out.append(variable(name, value)));
                out.append('\n');
            }
            case Step.Packages(var names) ->
                    out.append("RUN apt-get update && apt-get install -y --no-install-recommends ")
                            .append(String.join(" ", names))
                            .append(" && rm -rf /var/lib/apt/lists/*\n");
        }
    }

    private SortedSet<String> secrets() {
        return target.variables().secret();
    }

    private String mounts(List<Step.Cache> caches, SortedSet<String> secrets) {
        return Stream.concat(
                        caches.stream().map(this::mount),
                        secrets.stream().map("--mount=type=secret,id=%s,required=true "::formatted))
                .collect(Collectors.joining());
    }

    /** The mount could set a variable by itself, but not in every engine's BuildKit. */
    private static String exports(SortedSet<String> secrets) {
        return secrets.stream()
                .map(name -> "export %s=\"$(cat /run/secrets/%s)\" && ".formatted(name, name))
                .collect(Collectors.joining());
    }

    /** Of this app alone: what a build leaves in it runs in later ones, with their secrets. */
    private String mount(Step.Cache cache) {
        return "--mount=type=cache,id=berth/%s/%s,target=%s,sharing=%s "
                .formatted(
                        target.app(),
                        cache.id(),
                        cache.path(),
                        cache.shared() ? "shared" : "locked");
    }

    private static String variable(String name, String value) {
        boolean plain = value.matches("[\\w./:@%+=,-]*");
        return " " + name + "=" + (plain ? value : '"' + value.replace("\"", "\\\"") + '"');
    }

    /** Names with blanks are written as a list. */
    private static String paths(List<String> from, String to) {
        if (from.stream().noneMatch(path -> path.contains(" "))) {
            return String.join(" ", from) + " " + to;
        }
        return Stream.concat(from.stream(), Stream.of(to))
                .map(DockerfileWriter::quoted)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String json(Command command) {
        return command.words().stream()
                .map(DockerfileWriter::quoted)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String word) {
        StringBuilder out = new StringBuilder("\"");
        word.chars()
                .forEach(
                        c -> {
                            switch (c) {
                                case '"' -> out.append("\\\"");
                                case '\\' -> out.append("\\\\");
                                case '\n' -> out.append("\\n");
                                case '\t' -> out.append("\\t");
                                default -> out.append((char) c);
                            }
                        });
        return out.append('"').toString();
    }
}
