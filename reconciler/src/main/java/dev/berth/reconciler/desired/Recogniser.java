package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.detect.Candidate;
import dev.berth.reconciler.build.detect.Detection;
import dev.berth.reconciler.build.detect.Detector;
import dev.berth.reconciler.build.detect.Plan;
import dev.berth.reconciler.build.dockerfile.DockerfileWriter;
import dev.berth.reconciler.build.dockerfile.Target;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.files.FileTreeReader;
import dev.berth.reconciler.build.recognise.Hints;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.reconciler.source.ConfigTree;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how a directory without a Dockerfile is built. Remembers the answers: they depend on
 * the content of the whole repo, because a workspace may lie above the directory, and on what was
 * asked. Thread-safe.
 */
final class Recogniser {
    private static final Pattern PROCESS = Pattern.compile("[a-z]([a-z0-9-]{0,18}[a-z0-9])?");

    private final FileTreeReader reader = new FileTreeReader(FileTreeReader.Limits.USUAL);
    private final Remembered<Question, Answer> answers = new Remembered<>();

    /** What came out. */
    sealed interface Answer {
        /**
         * A way to build it.
         *
         * @param contentId stands for the files that a builder gets, or that are served
         */
        record Right(String contentId, Recipe recipe) implements Answer {}

        /** There is none; why, and what to add. */
        record Wrong(String fault) implements Answer {}
    }

    /**
     * Looks.
     *
     * @param repoId stands for the content of the whole repo
     * @param app its name
     * @param hints of the directory; no Dockerfile is named in them
     * @throws ReconcileException if the tree can't be read
     */
    Answer look(
            ConfigTree tree,
            @Nullable String repoId,
            String app,
            Hints hints,
            Catalog catalog,
            Watched watched)
            throws ReconcileException {
        Question question = new Question(repoId, app, hints, catalog, watched);
        Answer known = answers.to(question);
        return known == null ? answers.keep(question, lookNow(tree, question)) : known;
    }

    private Answer lookNow(ConfigTree tree, Question asked) throws ReconcileException {
        Hints hints = asked.hints();
        FileTree files = reader.read(tree, hints.path());
        return switch (new Detector(asked.catalog()).detect(files, hints)) {
            case Detection.Impossible(var failure, _) -> new Answer.Wrong(failure.message());
            case Detection.Found found ->
                    switch (found.best().plan()) {
                        case Plan.Generated(Blueprint blueprint) ->
                                answer(tree, asked, found.best(), blueprint);
                        case Plan.OwnDockerfile(_, String dockerfile) ->
                                new Answer.Wrong(
                                        "%s is there, but is no file: add the file itself"
                                                .formatted(
                                                        FileTree.join(hints.path(), dockerfile)));
                    };
        };
    }

    private static Answer answer(
            ConfigTree tree, Question asked, Candidate best, Blueprint blueprint)
            throws ReconcileException {
        Recipe.Recognised as = new Recipe.Recognised(blueprint.recipe(), best.reason());
        if (blueprint.build() == null && blueprint.output() instanceof Output.Site site) {
            return served(tree, blueprint.context(), site, as);
        }
        Recipe.Output output =
                switch (blueprint.output()) {
                    case Output.Site(_, boolean spa) -> new Recipe.Site(spa);
                    case Output.Service service -> program(service.processes());
                };
        String unfit = output instanceof Recipe.Program program ? unfit(program) : null;
        if (unfit != null) {
            return new Answer.Wrong(unfit);
        }
        Target target = new Target(asked.app(), asked.hints().variables());
        return built(
                tree,
                asked.watched(),
                new Recipe.Written(
                        as,
                        blueprint.context(),
                        DockerfileWriter.write(blueprint, target),
                        output));
    }

    private static Recipe.Program program(Output.Processes processes) {
        return new Recipe.Program(processes.port(), processes.release(), processes.others());
    }

    /** A name that no process of a document could have; {@code null} when there is none. */
    private static @Nullable String unfit(Recipe.Program program) {
        return program.others().keySet().stream()
                .filter(name -> !PROCESS.matcher(name).matches())
                .findFirst()
                .map(
                        name ->
                                ("Procfile: %s can't be the name of a process; use lower-case"
                                                + " letters, digits and '-', at most 20")
                                        .formatted(name))
                .orElse(null);
    }

    private static Answer built(ConfigTree tree, Watched watched, Recipe.Written recipe)
            throws ReconcileException {
        String directory = recipe.context();
        String id = tree.directoryId(directory);
        try {
            BuildContext context = BuildContext.of(tree, directory, null);
            String fault =
                    DirectoryCheck.fault(context.sent(), directory, DirectoryCheck.Use.BUILD, null);
            return fault == null && id != null
                    ? new Answer.Right(watched.contentId(context, tree, id), recipe)
                    : new Answer.Wrong(fault == null ? "there is no " + directory : fault);
        } catch (ReconcileException.Stalled e) {
            return new Answer.Wrong(e.getMessage());
        }
    }

    private static Answer served(
            ConfigTree tree, String root, Output.Site site, Recipe.Recognised as)
            throws ReconcileException {
        Recipe.AsItIs recipe =
                new Recipe.AsItIs(as, root, Paths.inRepo(root, site.directory()), site.spa());
        try {
            BuildContext context = BuildContext.of(tree, root, null);
            List<ConfigTree.Entry> shown =
                    context.sent().stream()
                            .filter(entry -> Paths.isWithin(entry.path(), recipe.directory()))
                            .toList();
            String fault =
                    DirectoryCheck.fault(
                            shown,
                            recipe.directory(),
                            DirectoryCheck.Use.SERVE,
                            site.spa() ? "index.html" : null);
            String id = tree.directoryId(recipe.directory());
            return fault == null && id != null
                    ? new Answer.Right(Watched.ALL.contentId(context, tree, id), recipe)
                    : new Answer.Wrong(fault == null ? "there is no " + site.directory() : fault);
        } catch (ReconcileException.Stalled e) {
            return new Answer.Wrong(e.getMessage());
        }
    }

    private record Question(
            @Nullable String repoId, String app, Hints hints, Catalog catalog, Watched watched) {}
}
