package dev.berth.reconciler.build.detect;

import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.Hints;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.language.DotnetFamily;
import dev.berth.reconciler.build.recognise.language.ElixirFamily;
import dev.berth.reconciler.build.recognise.language.GoFamily;
import dev.berth.reconciler.build.recognise.language.JvmFamily;
import dev.berth.reconciler.build.recognise.language.PhpFamily;
import dev.berth.reconciler.build.recognise.language.PythonFamily;
import dev.berth.reconciler.build.recognise.language.RubyFamily;
import dev.berth.reconciler.build.recognise.language.RustFamily;
import dev.berth.reconciler.build.recognise.language.StaticFamily;
import dev.berth.reconciler.build.recognise.node.DenoFamily;
import dev.berth.reconciler.build.recognise.node.NodeFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds out how a directory is built.
 *
 * <ol>
 *   <li>A Dockerfile is what counts, when there is one.
 *   <li>Else every family is asked, and what they see is ranked: surest first.
 *   <li>What may be the browser's half of a server in another language comes after that server.
 *   <li>Files as they are come last, and only when there is nothing else.
 *   <li>Two that are equally sure are a question to the author, no guess.
 * </ol>
 *
 * Pure and thread-safe. Who asks for the best is never given something less likely because the best
 * can't be built: that would deploy the wrong thing without a word.
 */
public final class Detector {
    private static final List<Family> FAMILIES =
            List.of(
                    new NodeFamily(),
                    new DenoFamily(),
                    new PythonFamily(),
                    new GoFamily(),
                    new RustFamily(),
                    new JvmFamily(),
                    new DotnetFamily(),
                    new RubyFamily(),
                    new PhpFamily(),
                    new ElixirFamily(),
                    new StaticFamily());

    private static final Comparator<Seen> SUREST =
            Comparator.comparing((Seen seen) -> seen.sighting().confidence())
                    .thenComparing(Seen::family);

    private static final int NAMED = 5;

    private final Catalog catalog;

    public Detector(Catalog catalog) {
        this.catalog = catalog;
    }

    private record Seen(String family, Sighting sighting) {}

    /** What a directory of a commit is. Never throws. */
    public Detection detect(FileTree tree, Hints hints) {
        if (!tree.hasDirectory(hints.path())) {
            return impossible(new PlanFailure.PathNotFound(hints.path()));
        }
        Optional<Detection> own = OwnDockerfiles.in(tree, hints);
        if (own.isPresent()) {
            return own.get();
        }
        Project project = Project.of(tree, hints, catalog);
        List<Seen> ranked = ranked(project);
        if (ranked.isEmpty()) {
            List<String> files = project.files().stream().limit(NAMED).toList();
            return impossible(new PlanFailure.NothingRecognised(hints.path(), files));
        }
        return planned(project, ranked);
    }

    private static List<Seen> ranked(Project project) {
        List<Seen> seen = new ArrayList<>();
        for (Family family : FAMILIES) {
            family.look(project).ifPresent(found -> seen.add(new Seen(family.name(), found)));
        }
        if (seen.size() > 1) {
            // an index.html beside a program is a part of it
            seen.removeIf(s -> s.family().equals(StaticFamily.NAME));
        }
        Optional<Seen> server =
                seen.stream()
                        .filter(s -> !s.sighting().front())
                        .filter(s -> s.sighting().confidence() != Confidence.LOW)
                        .min(SUREST);
        if (server.isPresent()) {
            String beside = server.get().sighting().recipe();
            seen.replaceAll(
                    s ->
                            s.sighting().front()
                                    ? new Seen(s.family(), s.sighting().behind(beside))
                                    : s);
        }
        seen.sort(SUREST);
        return seen;
    }

    private static Detection planned(Project project, List<Seen> ranked) {
        List<Seen> rivals = rivals(ranked);
        if (rivals.size() > 1) {
            List<String> recipes = rivals.stream().map(s -> s.sighting().recipe()).toList();
            return impossible(new PlanFailure.EqualCandidates(project.path(), recipes));
        }
        List<Candidate> candidates = new ArrayList<>();
        List<PlanFailure> failures = new ArrayList<>();
        PlanFailure first = null;
        for (Seen seen : ranked) {
            try {
                candidates.add(candidate(seen));
            } catch (Unplannable e) {
                PlanFailure failure = told(project.tree(), e.failure());
                failures.add(failure);
                if (candidates.isEmpty() && first == null) {
                    first = failure;
                }
            }
        }
        return first == null
                ? new Detection.Found(candidates, failures)
                : new Detection.Impossible(first, candidates);
    }

    /** A lock file may be in the commit all the same. */
    private static PlanFailure told(FileTree tree, PlanFailure failure) {
        if (failure instanceof PlanFailure.LockFileMissing missing) {
            String directory = FileTree.parent(missing.where());
            if (tree.leavesOut(FileTree.join(directory, missing.expected()))) {
                return new PlanFailure.LockFileLeftOut(
                        missing.where(),
                        missing.manager(),
                        missing.expected(),
                        ignoring(tree, directory));
            }
        }
        return failure;
    }

    /** The nearest ignore files, by their paths. */
    private static String ignoring(FileTree tree, String directory) {
        for (String up = directory; ; up = FileTree.parent(up)) {
            String at = up;
            List<String> there =
                    FileTree.IGNORE_FILES.stream()
                            .map(name -> FileTree.join(at, name))
                            .filter(tree::has)
                            .toList();
            if (!there.isEmpty() || up.equals(".")) {
                return String.join(" or ", there);
            }
        }
    }

    /** As sure as the surest. Mere guesses do not rival each other: their order is known. */
    private static List<Seen> rivals(List<Seen> ranked) {
        Confidence best = ranked.getFirst().sighting().confidence();
        return best == Confidence.LOW
                ? List.of()
                : ranked.stream().filter(s -> s.sighting().confidence() == best).toList();
    }

    private static Candidate candidate(Seen seen) throws Unplannable {
        Sighting sighting = seen.sighting();
        var blueprint = sighting.planner().plan();
        return new Candidate(
                seen.family(),
                blueprint.recipe(),
                sighting.confidence(),
                sighting.reason(),
                new Plan.Generated(blueprint));
    }

    private static Detection impossible(PlanFailure failure) {
        return new Detection.Impossible(failure, List.of());
    }
}
