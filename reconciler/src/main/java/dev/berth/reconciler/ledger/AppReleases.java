package dev.berth.reconciler.ledger;

import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Returns.Return;
import dev.berth.reconciler.desired.WentBack;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an app's releases; the form of its file.
 *
 * @param releases newest first
 * @param wentBack that the app went back by itself; {@code null} = it did not
 */
record AppReleases(List<KnownRelease> releases, @Nullable WentBack wentBack) {
    static final AppReleases NONE = new AppReleases(List.of(), null);

    AppReleases {
        releases = List.copyOf(releases);
    }

    /** Where it went back to; {@code null} = it did not. */
    @Nullable Return back() {
        WentBack fact = wentBack;
        return fact == null ? null : new Return(fact, release(fact.to()));
    }

    private @Nullable KnownRelease release(String id) {
        return releases.stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    }

    /** With another fact. What was gone back to is the newest release again. */
    AppReleases with(@Nullable WentBack fact) {
        String first = fact == null || fact.stage() == WentBack.Stage.GIVEN_UP ? "" : fact.to();
        return new AppReleases(newest(first).releases, fact);
    }

    /** With that release as the newest one, if it is known. */
    AppReleases newest(String id) {
        return new AppReleases(
                releases.stream()
                        .sorted(Comparator.comparing(each -> !each.id().equals(id)))
                        .toList(),
                wentBack);
    }
}
