package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/** The config repo of a real Berth, and what happens to it in a history. */
final class RealRepo {
    /** Nobody waits so long here. */
    private static final String TEN_MINUTES = "source: {interval: 10m}";

    private final Berth berth;
    private final Promises promises;
    private final Branch branch = new Branch();

    /** Minute of the hour. A run at the end would be no calm, and its containers stay. */
    private final int farFromNow = (LocalTime.now(ZoneOffset.UTC).getMinute() + 30) % 60;

    /** Begins with a branch that declares nothing. */
    RealRepo(Berth berth, Promises promises) throws IOException {
        this.berth = berth;
        this.promises = promises;
        push(Tree.FIRST);
    }

    /** What was pushed last. */
    Tree head() {
        return branch.head();
    }

    /** The hash of it. */
    String commit() {
        return Berth.git(berth.clone, "rev-parse", "HEAD").strip();
    }

    /** Somebody pushes, if that is what the event is about. */
    void take(Event event) throws IOException {
        switch (branch.take(event)) {
            case Branch.Add(Tree tree) -> push(tree);
            case Branch.Back(int commits) -> {
                mend();
                promises.pushed(branch.head());
                Berth.git(berth.clone, "reset", "-q", "--hard", "HEAD~" + commits);
                pushHead();
            }
            case Branch.Stay() -> {}
        }
    }

    /** Pushes a tree that is not of the history. */
    void push(Tree tree) throws IOException {
        mend();
        promises.pushed(tree);
        try (Stream<Path> old = Files.walk(berth.clone)) {
            for (Path file : old.filter(Files::isRegularFile).toList()) {
                if (!berth.clone.relativize(file).startsWith(".git")) {
                    Files.delete(file);
                }
            }
        }
        assertThat(tree.files().getOrDefault("berth.yaml", TEN_MINUTES)).contains(TEN_MINUTES);
        tree.files().forEach((file, text) -> berth.write(file, real(text)));
        berth.push("a commit");
    }

    /** The names and times of this world, and a check that tells the truth. */
    private String real(String text) {
        return text.replace("metadata: {name: home}", "metadata: {name: " + berth.instance + "}")
                .replace(TEN_MINUTES, "domain: localhost, source: {interval: 2s}")
                .replace("interval: 5s, deadline: 60s", "interval: 1s, deadline: 10s")
                .replace("'sleep infinity', timeout: 1m", "'sleep infinity', timeout: 5s")
                .replace("'*/5 * * * *'", "'%d * * * *'".formatted(farFromNow))
                .replace(
                        "healthcheck: {command: ['true']",
                        "healthcheck: {command: [wget, -q, -O, /dev/null, 'http://127.0.0.1/']");
    }

    void spoil(Event.Trouble trouble) throws IOException {
        mend();
        switch (trouble) {
            case UNREACHABLE, TRUNCATED -> Files.move(berth.repo, away());
            case BRANCH_GONE -> Berth.git(berth.repo, "update-ref", "-d", "refs/heads/main");
            case REWOUND -> {
                promises.pushed(branch.before());
                List<String> commits =
                        Berth.git(berth.clone, "rev-list", "-2", "HEAD").lines().toList();
                Berth.git(berth.repo, "update-ref", "refs/heads/main", commits.getLast());
            }
        }
    }

    /** All is there again, and the newest commit is the newest. */
    void mend() throws IOException {
        if (Files.exists(away())) {
            Files.move(away(), berth.repo);
        }
        pushHead();
    }

    private void pushHead() {
        Berth.git(berth.clone, "push", "-q", "--force", "origin", "HEAD:main");
    }

    private Path away() {
        return berth.repo.resolveSibling("moved.git");
    }
}
