package dev.berth.reconciler.build.recognise;

import dev.berth.reconciler.build.blueprint.Output.Processes;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.FileText;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.schemas.config.Command;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory that is looked at, with all that may matter. File names are relative to it.
 *
 * @param procfile of that directory; empty when there is none
 */
public record Project(FileTree tree, Hints hints, Catalog catalog, Procfile procfile) {
    /** What to do about several programs, each in a directory of its own. */
    public static final String SET_PATH = "set source.path to the directory of one of them";

    private static final String PROCFILE = "Procfile";

    /** What a directory is looked at with. */
    public static Project of(FileTree tree, Hints hints, Catalog catalog) {
        String procfile = FileTree.join(hints.path(), PROCFILE);
        String text = tree.text(procfile) instanceof FileText.Read(var read) ? read : null;
        return new Project(tree, hints, catalog, Procfile.parse(text));
    }

    /** The same with another directory. */
    public Project at(String directory) {
        return of(
                tree,
                new Hints(
                        directory,
                        hints.dockerfile(),
                        hints.variables(),
                        hints.port(),
                        hints.commands()),
                catalog);
    }

    /** The directory, relative to the root of the repo. */
    public String path() {
        return hints.path();
    }

    public boolean has(String name) {
        return tree.has(inRepo(name));
    }

    public boolean hasAny(String... names) {
        return Stream.of(names).anyMatch(this::has);
    }

    public boolean hasDirectory(String name) {
        return tree.hasDirectory(inRepo(name));
    }

    /** A path of the repo for a name in this directory. */
    public String inRepo(String name) {
        return FileTree.join(path(), name);
    }

    /** A file's text; {@code null} when it is not there, or was not read. */
    public @Nullable String text(String name) {
        return switch (tree.text(inRepo(name))) {
            case FileText.Read(var text) -> text;
            case FileText.TooLarge _ -> null;
            case null -> null;
        };
    }

    /** A file's text, or {@code ""}. */
    public String textOrEmpty(String name) {
        String text = text(name);
        return text == null ? "" : text;
    }

    /**
     * The text of a file that a plan can't do without.
     *
     * @throws Unplannable if it is too large, or was not read
     */
    public String manifest(String name) throws Unplannable {
        return switch (tree.text(inRepo(name))) {
            case FileText.Read(var text) -> text;
            case FileText.TooLarge(var limit) ->
                    throw new Unplannable(
                            new PlanFailure.BrokenManifest(
                                    inRepo(name),
                                    "it is larger than the %d bytes that are read"
                                            .formatted(limit)));
            case null ->
                    throw new Unplannable(
                            new PlanFailure.BrokenManifest(inRepo(name), "it could not be read"));
        };
    }

    /** Names of the files directly in this directory. */
    public SortedSet<String> files() {
        return tree.filesIn(path());
    }

    /** Files of this directory and below whose name fits, relative to it. */
    public List<String> below(Predicate<String> name) {
        return tree.below(path(), name).stream()
                .map(found -> FileTree.relative(path(), found))
                .toList();
    }

    /** The first of some names that is there. */
    public @Nullable String first(String... names) {
        return Stream.of(names).filter(this::has).findFirst().orElse(null);
    }

    /**
     * What the image can run: what the Procfile says, else what the family found.
     *
     * @param web {@code null} = nothing was found
     * @param missing what to say then, if nobody else gives a command
     * @throws Unplannable if nothing says how the program is started
     */
    public Processes processes(int port, @Nullable Command web, PlanFailure.NoStartCommand missing)
            throws Unplannable {
        return processes(port, web, missing, ShellLine::command);
    }

    /**
     * The same, with a reading of the Procfile's lines of its own.
     *
     * @throws Unplannable if nothing says how the program is started
     */
    public Processes processes(
            int port,
            @Nullable Command web,
            PlanFailure.NoStartCommand missing,
            Function<String, Command> reading)
            throws Unplannable {
        Command start = procfile.web() == null ? web : reading.apply(procfile.web());
        if (start == null && !hints.startsItself()) {
            throw new Unplannable(missing);
        }
        SortedMap<String, Command> others = new TreeMap<>();
        procfile.others().forEach((name, line) -> others.put(name, reading.apply(line)));
        Command release = procfile.release() == null ? null : reading.apply(procfile.release());
        Integer given = hints.port();
        return new Processes(given == null ? port : given, start, release, others);
    }

    /**
     * The one program that is meant, where there is only one.
     *
     * @param kind what they are, in the plural, for people
     * @param none what to say when there is none
     * @param several what to do when there are several, for people
     * @throws Unplannable if there is none, or more than one
     */
    public String only(
            List<String> programs, String kind, PlanFailure.NoStartCommand none, String several)
            throws Unplannable {
        if (programs.size() == 1) {
            return programs.getFirst();
        }
        throw new Unplannable(
                programs.isEmpty()
                        ? none
                        : new PlanFailure.SeveralPrograms(path(), kind, programs, several));
    }

    /**
     * The one directory below that a program is in.
     *
     * @param directories relative to this one
     * @throws Unplannable if there is none, or more than one
     */
    public Project onlyIn(List<String> directories, String kind, PlanFailure.NoStartCommand none)
            throws Unplannable {
        return at(inRepo(only(directories, kind, none, SET_PATH)));
    }

    /** What to say of a program that nothing starts. */
    public PlanFailure.NoStartCommand noStart(String looked, String example) {
        return new PlanFailure.NoStartCommand(
                path(),
                looked,
                "set command in the app's file, or add a Procfile with 'web: %s'"
                        .formatted(example));
    }
}
