package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds and reads the config files of a tree.
 *
 * <ol>
 *   <li>A file is looked at when its name ends in {@code .yaml} or {@code .yml} and no part of its
 *       path starts with '.'.
 *   <li>A file that says {@code apiVersion: berth/…} anywhere is a config file, wherever it lies:
 *       an app's document may lie beside its code. One that is encrypted as a whole says so only
 *       when it is opened; one that can't be opened counts as a config file.
 *   <li>So is one that said so when it last was right, whatever it says or is now: else a typo in
 *       its head would take away what it declares, and nobody would be told.
 *   <li>So is one that may be what became of a document that is {@linkplain GoneDocuments gone}.
 *   <li>Any other is a mistake that is reported, unless it lies in the source or static directory
 *       of an app, or is of pnpm and lies above one: there it is the app's own business.
 * </ol>
 */
final class ConfigScanner {
    /** Greatest size of a config file in bytes. */
    static final long MAX_FILE = 1 << 20;

    /** Greatest size of all files that may be config files together, in bytes. */
    static final long MAX_TOGETHER = 32 << 20;

    /** Of those that are read as YAML, in characters: each is some ten times as large then. */
    static final long MAX_READ = 8 << 20;

    /** What pnpm keeps above the packages. */
    private static final Set<String> OF_WORKSPACES =
            Set.of("pnpm-workspace.yaml", "pnpm-lock.yaml");

    private static final Pattern OURS = Pattern.compile("apiVersion[\"']?\\s*:\\s*[\"']?berth/");
    private static final Pattern SEALED =
            Pattern.compile("apiVersion[\"']?\\s*:\\s*[\"']?ENC\\[AES256_GCM,");

    private final DocumentReader reader;

    ConfigScanner(DocumentReader reader) {
        this.reader = reader;
    }

    /**
     * Every config file, in path order; what is wrong goes to the problems.
     *
     * @param lastRight text of each config file when it last was right, by path
     * @throws ReconcileException if the tree can't be read, or holds too much to be read: half of
     *     it would say that the rest is gone
     */
    List<ConfigFile> scan(ConfigTree tree, Map<String, String> lastRight, Problems problems)
            throws ReconcileException {
        List<ConfigFile> files = new ArrayList<>();
        List<ConfigFile> once = new ArrayList<>();
        List<Candidate> others = new ArrayList<>();
        Total together = new Total(MAX_TOGETHER, "YAML files");
        Total read = new Total(MAX_READ, "config files");
        for (ConfigTree.Entry entry : tree.entries(".")) {
            if (isYaml(entry.path())) {
                Candidate candidate = open(tree, entry);
                together.add(candidate, problems);
                if (isOurs(entry.path(), candidate.text())) {
                    read.add(candidate, problems);
                    files.add(read(candidate, problems));
                } else if (isOurs(entry.path(), lastRight.get(entry.path()))) {
                    read.add(candidate, problems);
                    once.add(read(candidate, problems));
                } else {
                    others.add(candidate);
                }
            }
        }
        files.addAll(once);
        Map<Candidate, String> renamed = renamed(others, lastRight, files);
        renamed.keySet().forEach(candidate -> files.add(read(candidate, problems).meant()));
        Set<String> appDirectories = appDirectories(files);
        once.stream()
                .filter(file -> isWithin(file.path(), appDirectories))
                .forEach(file -> explain(file, problems));
        for (Candidate other : others) {
            String former = renamed.get(other);
            if (former != null && isWithin(other.path(), appDirectories)) {
                explain(other, former, problems);
            } else if (former == null
                    && !isWithin(other.path(), appDirectories)
                    && !isOfAWorkspace(other.path(), appDirectories)) {
                read.add(other, problems);
                files.add(read(other, problems));
            }
        }
        files.sort(Comparator.comparing(ConfigFile::path));
        return List.copyOf(files);
    }

    /** What files of a kind hold together. */
    private static final class Total {
        private final long most;
        private final String what;
        private long characters;

        Total(long most, String what) {
            this.most = most;
            this.what = what;
        }

        void add(Candidate more, Problems problems) throws ReconcileException {
            characters += more.text() == null ? 0 : more.text().length();
            if (characters > most) {
                String why =
                        "is where the %s of the repo come to more than %d MiB together: move what is not for Berth into a directory whose name starts with '.', or to another repo"
                                .formatted(what, most >> 20);
                refuse(more.path(), why, problems);
                throw new ReconcileException.Stalled(
                        ReasonCode.ValidationFailed, "the file %s %s".formatted(more.path(), why));
            }
        }
    }

    /** With the file of before. */
    private Map<Candidate, String> renamed(
            List<Candidate> others, Map<String, String> lastRight, List<ConfigFile> files) {
        GoneDocuments gone = GoneDocuments.since(lastRight, files, reader);
        Map<Candidate, String> renamed = new LinkedHashMap<>();
        for (Candidate other : others) {
            String former = gone.fileOf(other.text());
            if (former != null) {
                renamed.put(other, former);
            }
        }
        return renamed;
    }

    private static boolean isWithin(String path, Set<String> directories) {
        return directories.stream().anyMatch(directory -> Paths.isWithin(path, directory));
    }

    /** One whose packages are apps, or hold some. */
    private static boolean isOfAWorkspace(String path, Set<String> appDirectories) {
        String workspace = path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : ".";
        return OF_WORKSPACES.contains(path.substring(path.lastIndexOf('/') + 1))
                && appDirectories.stream().anyMatch(app -> Paths.isWithin(app, workspace));
    }

    /** It may be meant for the app now; that has to be said in a way that no typo can say it. */
    private static void explain(ConfigFile file, Problems problems) {
        boolean empty = file.text() != null && file.documents().isEmpty();
        if (!empty && file.documents().stream().noneMatch(ReadDocument::ours)) {
            refuse(
                    file.path(),
                    "held Berth documents when it last was right, so it is not taken for a file of an app: mend it. If it is meant for the app now, delete it, and add it again in a later push",
                    problems);
        }
    }

    private static void explain(Candidate renamed, String former, Problems problems) {
        refuse(
                renamed.path(),
                "says much of what a document in %s said that is gone, so it is not taken for a file of an app: mend it. If it is meant for the app now, delete it, and add it again in a later push"
                        .formatted(former),
                problems);
    }

    private boolean isOurs(String path, @Nullable String text) {
        return text != null && (OURS.matcher(text).find() || isSealedOurs(path, text));
    }

    private boolean isSealedOurs(String path, String text) {
        return SEALED.matcher(text).find()
                && reader.read(path, text, new Problems()).stream().anyMatch(ReadDocument::ours);
    }

    private ConfigFile read(Candidate candidate, Problems problems) {
        problems.addAll(candidate.problems().sorted());
        if (candidate.text() == null) {
            return new ConfigFile(candidate.path(), null, List.of());
        }
        List<ReadDocument> documents = reader.read(candidate.path(), candidate.text(), problems);
        boolean intact = candidate.problems().sorted().isEmpty();
        return new ConfigFile(
                candidate.path(),
                candidate.text(),
                intact ? documents : documents.stream().map(ReadDocument::broken).toList());
    }

    private static Candidate open(ConfigTree tree, ConfigTree.Entry entry)
            throws ReconcileException {
        Problems problems = new Problems();
        String path = entry.path();
        String text =
                switch (entry.type()) {
                    case FILE, EXECUTABLE -> text(tree, path, problems);
                    case SYMLINK -> {
                        refuse(path, "is a symlink, which Berth does not follow", problems);
                        yield null;
                    }
                    case SUBMODULE -> {
                        refuse(path, "is a submodule, which Berth does not fetch", problems);
                        yield null;
                    }
                };
        return new Candidate(path, text, problems);
    }

    private static @Nullable String text(ConfigTree tree, String path, Problems problems)
            throws ReconcileException {
        try {
            return FileText.decode(path, tree.read(path, MAX_FILE), problems);
        } catch (ConfigTree.TooLargeException e) {
            refuse(path, "is larger than 1 MiB: split it", problems);
            return null;
        }
    }

    private static void refuse(String path, String why, Problems problems) {
        problems.add(new Location(path, 0, 0), "", Problem.Code.FILE, "the file " + why);
    }

    static boolean isYaml(String path) {
        boolean named = path.endsWith(".yaml") || path.endsWith(".yml");
        return named && !path.startsWith(".") && !path.contains("/.");
    }

    /** Also of apps whose document is wrong elsewhere. */
    private static Set<String> appDirectories(List<ConfigFile> files) {
        Set<String> directories = new HashSet<>();
        for (ConfigFile file : files) {
            for (ReadDocument document : file.documents()) {
                for (String site : sites(document)) {
                    directories.add(Paths.inRepo(site));
                }
                if (mayBeApp(document)
                        && document.find("spec", "source") != null
                        && document.find("spec", "source", "repo") == null) {
                    String path = document.text("spec", "source", "path");
                    directories.add(path == null ? "." : Paths.inRepo(path));
                }
            }
        }
        return directories;
    }

    /** Also as an overlay would have it. */
    private static List<String> sites(ReadDocument document) {
        return Stream.of(
                        document.text("spec", "static", "path"),
                        document.text("spec", "patch", "spec", "static", "path"))
                .flatMap(Stream::ofNullable)
                .toList();
    }

    /** The source of an Instance is no directory. */
    private static boolean mayBeApp(ReadDocument document) {
        ResourceId id = document.id();
        return id == null
                ? !Kind.Instance.name().equals(document.text("kind"))
                : id.kind() == Kind.App;
    }

    /** A file that may be a config file; {@code text} is {@code null} when it can't be read. */
    private record Candidate(String path, @Nullable String text, Problems problems) {}
}
