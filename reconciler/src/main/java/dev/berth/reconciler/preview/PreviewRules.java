package dev.berth.reconciler.preview;

import dev.berth.reconciler.glob.PathPattern;
import dev.berth.reconciler.preview.Preview.OfBranch;
import dev.berth.reconciler.preview.Preview.OfPull;
import dev.berth.reconciler.preview.Preview.Queued;
import dev.berth.reconciler.preview.Preview.Refused;
import dev.berth.reconciler.preview.Preview.Subject;
import dev.berth.reconciler.preview.Preview.Verdict;
import dev.berth.reconciler.preview.Preview.Wanted;
import dev.berth.reconciler.preview.Preview.Why;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.PreviewId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which pull requests and branches have a preview: those that are open, fit the rules, were pushed
 * to lately, and have their turn. Who has fitted for longest has it first, so that nobody who has
 * one loses it to somebody who comes or comes back. Pure.
 *
 * @param app name of the app
 */
public record PreviewRules(String app, App.Previews rules) {

    /** The same when none has fitted before. */
    public List<Preview> decide(RepoPulls.Known known, Instant now) {
        return decide(known, new TreeMap<>(), now);
    }

    /**
     * What each is to the app: by turn, and after those, by key, those that have no turn.
     *
     * @param turns by key, since when those fit that have fitted until now
     */
    public List<Preview> decide(
            RepoPulls.Known known, SortedMap<String, Instant> turns, Instant now) {
        return decide(known, turns, Set.of(), now);
    }

    /**
     * The same.
     *
     * @param lives keys of previews that there are: each has a place, also one that is not known
     */
    List<Preview> decide(
            RepoPulls.Known known,
            SortedMap<String, Instant> turns,
            Set<String> lives,
            Instant now) {
        List<Preview> refused = new ArrayList<>();
        List<Preview> fit = new ArrayList<>();
        Set<String> unknown = new HashSet<>(lives);
        for (Preview preview : all(known, now)) {
            unknown.remove(preview.id().key());
            (preview.verdict() instanceof Wanted ? fit : refused).add(preview);
        }
        int places = Math.max(0, rules.maxActive() - unknown.size());
        fit.sort(
                Comparator.comparing((Preview preview) -> since(preview, turns, now))
                        .thenComparing(preview -> preview.subject().openedAt())
                        .thenComparingInt(preview -> number(preview.subject()))
                        .thenComparing(preview -> preview.id().key()));
        refused.sort(Comparator.comparing(preview -> preview.id().key()));
        List<Preview> decided = new ArrayList<>();
        for (int i = 0; i < fit.size(); i++) {
            Preview one = fit.get(i);
            decided.add(
                    i < places
                            ? one
                            : new Preview(
                                    one.id(),
                                    one.subject(),
                                    new Queued(i - places, rules.maxActive())));
        }
        decided.addAll(refused);
        return List.copyOf(decided);
    }

    private static Instant since(Preview preview, SortedMap<String, Instant> turns, Instant now) {
        return turns.getOrDefault(preview.id().key(), now);
    }

    /** Since when each fits: those that have been decided on. */
    static SortedMap<String, Instant> turns(
            List<Preview> decided, SortedMap<String, Instant> turns, Instant now) {
        SortedMap<String, Instant> next = new TreeMap<>();
        for (Preview preview : decided) {
            switch (preview.verdict()) {
                case Wanted _, Queued _ -> next.put(preview.id().key(), since(preview, turns, now));
                case Refused _ -> {}
            }
        }
        return next;
    }

    private static int number(Subject subject) {
        return switch (subject) {
            case OfPull(var pull) -> pull.number();
            case OfBranch _ -> Integer.MAX_VALUE;
        };
    }

    private List<Preview> all(RepoPulls.Known known, Instant now) {
        List<Preview> all = new ArrayList<>();
        for (OpenPull pull : known.pulls()) {
            all.add(
                    new Preview(
                            PreviewId.ofPull(app, pull.number()),
                            new OfPull(pull),
                            verdict(pull, now)));
        }
        List<PathPattern> patterns = rules.branches().stream().map(PathPattern::of).toList();
        for (OpenBranch branch : known.branches()) {
            if (patterns.stream().anyMatch(pattern -> pattern.matches(branch.name()))) {
                Subject subject = new OfBranch(branch);
                all.add(
                        new Preview(
                                PreviewId.ofBranch(app, branch.name()),
                                subject,
                                inTime(subject, branch.commit(), null, now)));
            }
        }
        return all;
    }

    private Verdict verdict(OpenPull pull, Instant now) {
        if (pull.draft() && !rules.drafts()) {
            return new Refused(Why.DRAFT, "it is a draft: mark it as ready to have a preview");
        }
        String label = label(pull);
        if (label != null) {
            return new Refused(Why.LABEL, label);
        }
        Subject subject = new OfPull(pull);
        if (!pull.fork()) {
            return inTime(subject, pull.commit(), null, now);
        }
        return switch (rules.forks()) {
            case DENY ->
                    new Refused(
                            Why.FORK,
                            "it comes out of a fork, and spec.previews.forks of the app does not let"
                                    + " those in");
            case LABELED -> ofFork(pull, subject, now);
        };
    }

    private Verdict ofFork(OpenPull pull, Subject subject, Instant now) {
        String let = pull.let(wanted());
        if (let == null) {
            Verdict verdict = inTime(subject, pull.commit(), null, now);
            if (verdict instanceof Refused) {
                return verdict;
            }
            return new Refused(
                    Why.FORK,
                    ("it comes out of a fork: somebody with write permission who has read commit %s"
                                    + " gives it %s (again, if it is there already)")
                            .formatted(shortened(pull.commit()), labels()));
        }
        return inTime(
                subject,
                let,
                let.equals(pull.commit())
                        ? null
                        : "commit %s, which was let in; %s is newer and needs %s anew"
                                .formatted(shortened(let), shortened(pull.commit()), labels()),
                now);
    }

    private Verdict inTime(Subject subject, String commit, @Nullable String note, Instant now) {
        Instant until = subject.pushedAt().plus(rules.ttl());
        return now.isBefore(until) ? new Wanted(commit, note, until) : Preview.expired(rules.ttl());
    }

    /** Why its labels do not fit; nothing when they do. */
    private @Nullable String label(OpenPull pull) {
        for (String rule : rules.labels()) {
            if (rule.startsWith("!") && pull.labels().contains(rule.substring(1))) {
                return "it has the label %s".formatted(rule.substring(1));
            }
        }
        NavigableSet<String> wanted = wanted();
        boolean fits =
                wanted.isEmpty()
                        || wanted.stream().anyMatch(label -> pull.labels().contains(label));
        if (fits) {
            return null;
        }
        return pull.url() == null
                ? "whether it has %s can't be told without a token for the forge in spec.forges"
                        .formatted(labels())
                : "give it %s to have a preview".formatted(labels());
    }

    private NavigableSet<String> wanted() {
        NavigableSet<String> wanted = new TreeSet<>(rules.labels());
        wanted.removeIf(rule -> rule.startsWith("!"));
        return wanted;
    }

    private String labels() {
        NavigableSet<String> wanted = wanted();
        return wanted.size() == 1
                ? "the label " + String.join("", wanted)
                : "one of the labels " + String.join(", ", wanted);
    }

    private static String shortened(String commit) {
        return commit.substring(0, 12);
    }
}
