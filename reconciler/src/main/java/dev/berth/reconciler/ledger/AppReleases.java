package dev.berth.reconciler.ledger;

import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Returns.Return;
import dev.berth.reconciler.desired.WentBack;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an app's releases; the form of its file.
 *
 * @param releases newest first
 * @param wentBack that the app went back by itself; {@code null} = it did not
 * @param inTraffic which one served last; {@code null} when that is not known, or nothing was to
 *     serve since
 */
record AppReleases(
        List<KnownRelease> releases, @Nullable WentBack wentBack, @Nullable InTraffic inTraffic) {
    static final AppReleases NONE = new AppReleases(List.of(), null, null);

    AppReleases {
        releases = List.copyOf(releases);
    }

    /**
     * The release that was seen in traffic last. It stays so when its containers are lost, or the
     * edge has lost its routes; it ends when nothing is to serve.
     *
     * @param release its id; it may never have been ready
     * @param seenAs the id that its containers have, with the secrets of a later time; {@code null}
     *     when that is the same
     * @param stamp by which Berth wrote then; another may have ended it under another stamp. {@code
     *     null} when there is only one
     */
    record InTraffic(String release, @Nullable String seenAs, @Nullable Long stamp) {
        InTraffic {
            Objects.requireNonNull(release, "release"); // it may come from a damaged file
        }

        /** The id that its containers have. */
        String seen() {
            return seenAs == null ? release : seenAs;
        }
    }

    /** Where it went back to; {@code null} = it did not. */
    @Nullable Return back() {
        WentBack fact = wentBack;
        return fact == null ? null : new Return(fact, release(fact.to()));
    }

    /** What is known of a release; {@code null} when it was never ready. */
    @Nullable KnownRelease release(String id) {
        return releases.stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    }

    /** The ids of all that were ready. */
    Set<String> ids() {
        return releases.stream().map(KnownRelease::id).collect(Collectors.toUnmodifiableSet());
    }

    /** With another fact. What was gone back to is the newest release again. */
    AppReleases with(@Nullable WentBack fact) {
        String first = fact == null || fact.stage() == WentBack.Stage.GIVEN_UP ? "" : fact.to();
        return new AppReleases(newest(first).releases, fact, inTraffic);
    }

    /** With those releases. */
    AppReleases with(List<KnownRelease> others) {
        return new AppReleases(others, wentBack, inTraffic);
    }

    /** With another one that served last. */
    AppReleases with(@Nullable InTraffic last) {
        return new AppReleases(releases, wentBack, last);
    }

    /** True when that release served last. */
    boolean served(String id) {
        return inTraffic != null && (inTraffic.release().equals(id) || inTraffic.seen().equals(id));
    }

    /** What is known of the release that served last; {@code null} when it was never ready. */
    @Nullable KnownRelease lastServed() {
        return inTraffic == null ? null : release(inTraffic.release());
    }

    /** With that release as the newest one, if it is known. */
    AppReleases newest(String id) {
        return with(
                releases.stream()
                        .sorted(Comparator.comparing(each -> !each.id().equals(id)))
                        .toList());
    }
}
