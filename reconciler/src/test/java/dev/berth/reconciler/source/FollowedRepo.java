package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.source.SourceReading.Fresh;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A repo of this machine and Berth's look at it, which has its copy in {@code copies}. */
final class FollowedRepo implements AutoCloseable {
    static final Deadlines QUICK =
            new Deadlines(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(60));

    final ScratchRepo repo;
    final Path copies;
    private JGitSource source;

    /** Follows {@code main} of a repo that it makes in a directory. */
    FollowedRepo(Path directory) {
        repo = new ScratchRepo(directory);
        copies = directory.resolve("copies");
        source = open("main");
    }

    private JGitSource open(@Nullable String branch) {
        return new JGitSource(
                copies,
                new JGitSource.Origin(repo.url(), branch, new Credentials.None()),
                QUICK,
                () -> {});
    }

    /** As after a restart of the process, with that branch in its config; {@code null} = none. */
    void follow(@Nullable String branch) {
        source.close();
        source = open(branch);
    }

    SourceReading latestVerified() {
        return source.latestVerified();
    }

    /** What a look gives that must succeed. */
    Fresh fresh() {
        SourceReading reading = latestVerified();
        assertThat(reading).isInstanceOf(Fresh.class);
        return (Fresh) reading;
    }

    /** The newest commit's. */
    ConfigTree tree() {
        return fresh().tree();
    }

    @Override
    public void close() {
        source.close();
    }
}
