package dev.berth.reconciler.forge;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A forge that takes what it is told, or says why not. Thread-safe. */
final class RecordingForge implements Forge {
    /** Descriptions, texts and titles that it took. */
    final List<String> taken = new CopyOnWriteArrayList<>();

    /** The same, also of what it did not take. */
    final List<String> tried = new CopyOnWriteArrayList<>();

    volatile @Nullable ForgeException refusal;

    /** What it begins to take waits for this. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public Pulls open(ForgeRepo repo, @Nullable Mark since) {
        return new Pulls.Unchanged();
    }

    @Override
    public PullState state(ForgeRepo repo, int number) {
        return new PullState.Closed(true);
    }

    @Override
    public Labeled labeled(ForgeRepo repo, int number, String label) {
        return Labeled.BY_NOBODY;
    }

    @Override
    public void status(ForgeRepo repo, String commit, CommitStatus status) throws ForgeException {
        take(status.description());
    }

    @Override
    public void comment(ForgeRepo repo, int number, String marker, String markdown)
            throws ForgeException {
        take(markdown);
    }

    @Override
    public void check(ForgeRepo repo, String commit, Check check) throws ForgeException {
        take(check.title());
    }

    private void take(String text) throws ForgeException {
        tried.add(text);
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForgeException(ForgeException.Kind.UNREACHABLE, "the process ends");
        }
        ForgeException why = refusal;
        if (why != null) {
            throw why;
        }
        taken.add(text);
    }

    @Override
    public String pullRef(int number) {
        return "refs/pull/%d/head".formatted(number);
    }
}
