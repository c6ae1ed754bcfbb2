package dev.berth.bench;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.catalog.CatalogFile;
import dev.berth.reconciler.build.detect.Detection;
import dev.berth.reconciler.build.detect.Detector;
import dev.berth.reconciler.build.files.FileTreeReader;
import dev.berth.reconciler.build.recognise.Hints;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.HomeKeys;
import dev.berth.reconciler.source.JGitSource;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.SourceReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jgit.api.Git;

/**
 * How long it takes to say how one package of a workspace with thousands of directories is built:
 * names of all files out of the commit, text of those that matter, and the judgement.
 *
 * <p>Arguments: an empty directory to work in, and the number of directories.
 */
public final class DetectBenchmark {
    private static final int WARM_UP = 10;
    private static final int TIMES = 50;
    private static final Duration LIMIT = Duration.ofMillis(500);

    private final Path repo;
    private final Path local;
    private final int directories;

    private DetectBenchmark(Path directory, int directories) {
        this.repo = directory.resolve("repo");
        this.local = directory.resolve("git");
        this.directories = directories;
    }

    /** Prints its rows. */
    public static void main(String[] arguments) throws Exception {
        new DetectBenchmark(Path.of(arguments[0]), Integer.parseInt(arguments[1])).run();
    }

    private void run() throws Exception {
        int files = makeRepo();
        RepoUrl url = RepoUrl.parse(repo.toString());
        try (JGitSource source =
                new JGitSource(
                        local,
                        new JGitSource.Origin(
                                url,
                                null,
                                HomeKeys.in(local.resolveSibling("keys")).credentialsFor(url)),
                        Deadlines.STANDARD,
                        () -> {})) {
            if (!(source.latestVerified() instanceof SourceReading.Fresh latest)) {
                throw new IllegalStateException("the repo can't be read");
            }
            Samples first = new Samples();
            first.add(time(latest.tree()));
            Samples samples = new Samples();
            for (int i = 0; i < WARM_UP + TIMES; i++) {
                Duration took = time(latest.tree());
                if (i >= WARM_UP) {
                    samples.add(took);
                }
            }
            String what =
                    "Detection of a package among %d directories, %d files"
                            .formatted(directories, files);
            Row.judged(what, samples, LIMIT).print();
            Row.judged("The same, first of the process", first, LIMIT).print();
        }
    }

    private static Duration time(ConfigTree tree) throws ReconcileException {
        long begin = System.nanoTime();
        Detection detection =
                new Detector(CatalogFile.defaults())
                        .detect(
                                new FileTreeReader(FileTreeReader.Limits.USUAL)
                                        .read(tree, "apps/web"),
                                Hints.at("apps/web"));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        if (!(detection instanceof Detection.Found)) {
            throw new IllegalStateException("not recognised: " + detection);
        }
        return took;
    }

    /** As many packages as there are directories, each with as many files as a small one has. */
    private int makeRepo() throws Exception {
        write("package.json", "{\"workspaces\": [\"apps/*\", \"packages/*\"]}");
        write("package-lock.json", "{}");
        write(
                "apps/web/package.json",
                """
                {"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "8"},
                 "dependencies": {"p1": "*", "p2": "*"}}
                """);
        int files = 3;
        for (int i = 0; i < directories; i++) {
            String home = "packages/p%d/".formatted(i);
            write(home + "package.json", "{\"name\": \"p%d\"}".formatted(i));
            for (String name : new String[] {"README.md", "index.ts", "index.test.ts", "a.css"}) {
                write(home + name, name);
            }
            files += 5;
        }
        try (Git git = Git.init().setDirectory(repo.toFile()).setInitialBranch("main").call()) {
            git.add().addFilepattern(".").call();
            git.commit()
                    .setAuthor("Bench", "bench@example.com")
                    .setCommitter("Bench", "bench@example.com")
                    .setSign(false)
                    .setMessage("packages")
                    .call();
        }
        return files;
    }

    private void write(String file, String text) throws IOException {
        Path path = repo.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
