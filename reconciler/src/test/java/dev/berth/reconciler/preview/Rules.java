package dev.berth.reconciler.preview;

import dev.berth.schemas.config.App;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Rules for tests: as a document that says {@code previews: {}}. */
public final class Rules {
    private List<String> labels = List.of();
    private App.Forks forks = App.Forks.DENY;
    private boolean drafts = true;
    private List<String> branches = List.of();
    private int most = 3;
    private Duration ttl = Duration.ofDays(3);

    private Rules() {}

    public static Rules usual() {
        return new Rules();
    }

    public Rules labels(String... rules) {
        labels = List.of(rules);
        return this;
    }

    public Rules forksByLabel() {
        forks = App.Forks.LABELED;
        return this;
    }

    public Rules noDrafts() {
        drafts = false;
        return this;
    }

    public Rules branches(String... patterns) {
        branches = List.of(patterns);
        return this;
    }

    public Rules most(int active) {
        most = active;
        return this;
    }

    public Rules ttl(Duration unpushed) {
        ttl = unpushed;
        return this;
    }

    public App.Previews make() {
        return new App.Previews(
                true, labels, forks, drafts, branches, most, ttl, Map.of(), List.of(), null, null,
                null);
    }
}
