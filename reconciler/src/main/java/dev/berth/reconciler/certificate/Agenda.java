package dev.berth.reconciler.certificate;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done now about certificates, and when to look again. Pure: the one place that
 * decides when something is ordered.
 *
 * <ol>
 *   <li>A host that a certificate covers, not yet due for renewal, needs none.
 *   <li>Else all hosts that want one together are ordered together, in place of it.
 *   <li>But for those that failed by themselves: each is ordered alone, when its time comes, and
 *       joins the others at the next renewal.
 *   <li>Nothing is asked of an account that is to wait, but for renewals when it is so because of a
 *       limit.
 * </ol>
 *
 * @param due in the order in which to do it, see {@link Turn}
 * @param next when, by this host's clock, something is due that is not yet; {@code null} = nothing
 *     is
 */
record Agenda(List<Task> due, @Nullable Instant next) {
    Agenda {
        due = List.copyOf(due);
    }

    static Agenda of(
            Collection<Wanted.Ordered> wanted, Collection<Held> held, Notes notes, Times times) {
        return new Making(held, notes, times).of(wanted);
    }

    /** Whose turn it is: what fails again and again keeps nothing else waiting. */
    private enum Turn {
        /** Hosts that have none and were not tried yet. */
        FIRST_TRY,
        /** Others that have one: what ends soonest first. */
        RENEWAL,
        /** What costs one question. */
        QUESTION,
        /** Hosts that have none and failed: who waits longest first. */
        RETRY
    }

    private record Entry(Task task, Turn turn, Instant since) {}

    private static final class Making {
        private final Coverage coverage;
        private final Notes notes;
        private final Times times;
        private final SortedMap<String, Entry> due = new TreeMap<>();
        private @Nullable Instant next;

        /** By the clock of the authority whose turn it is. */
        private Instant now;

        Making(Collection<Held> held, Notes notes, Times times) {
            this.coverage = new Coverage(held);
            this.notes = notes;
            this.times = times;
            this.now = times.here();
        }

        Agenda of(Collection<Wanted.Ordered> wanted) {
            for (Wanted.Ordered each : wanted) {
                now = times.at(each.issuer().directory());
                obtain(each);
                ask(each);
                revoke(each);
            }
            return new Agenda(
                    due.values().stream()
                            .sorted(Comparator.comparing(Entry::turn).thenComparing(Entry::since))
                            .map(Entry::task)
                            .toList(),
                    next);
        }

        private void add(Task task, Turn turn, @Nullable Instant since) {
            due.put(task.key(), new Entry(task, turn, since == null ? Instant.MIN : since));
        }

        private void obtain(Wanted.Ordered wanted) {
            later(wanted.reissuedAt());
            SortedSet<String> needy = new TreeSet<>();
            for (String host : wanted.names()) {
                Instant until = coveredUntil(wanted, host);
                if (until.isAfter(now)) {
                    later(until);
                } else {
                    needy.add(host);
                }
            }
            if (needy.isEmpty()) {
                return;
            }
            SortedSet<String> together = notes.together(wanted);
            if (!Collections.disjoint(together, needy)) {
                order(wanted.only(together));
            }
            needy.removeAll(together);
            needy.forEach(host -> order(wanted.alone(host)));
        }

        /** When a host needs another; {@link Instant#MIN} when it has none. */
        private Instant coveredUntil(Wanted.Ordered wanted, String host) {
            return coverage.of(host)
                    .filter(h -> h.serves(wanted, host))
                    .filter(h -> !h.isOlderThan(wanted.reissuedAt(), now))
                    .map(h -> RenewalTime.of(h, notes.of(h.id()).window()))
                    .max(Comparator.naturalOrder())
                    .orElse(Instant.MIN);
        }

        private void order(Wanted.Ordered wanted) {
            Notes.Note note = notes.of(wanted.id());
            Held before = before(wanted);
            Setback account = notes.accounts().get(wanted.issuer().account());
            boolean exempt = // authorities count no renewals (RFC 9773 section 5)
                    before != null
                            && account != null
                            && account.kind() == Setback.Kind.RATE_LIMITED;
            if (waits(note.setback()) || (!exempt && waits(account))) {
                return;
            }
            boolean careful =
                    wanted.names().stream()
                                    .anyMatch(
                                            host ->
                                                    coverage.of(host)
                                                            .noneMatch(h -> h.serves(wanted, host)))
                            || (note.setback() != null && note.setback().kind().isOfAHost());
            Task.Obtain task = new Task.Obtain(wanted, before, careful);
            Instant until =
                    wanted.names().stream()
                            .map(this::until)
                            .min(Comparator.naturalOrder())
                            .orElse(Instant.MIN);
            if (until.isAfter(now)) {
                add(task, Turn.RENEWAL, until);
            } else if (note.setback() == null) {
                add(task, Turn.FIRST_TRY, null);
            } else {
                add(task, Turn.RETRY, note.setback().nextTry());
            }
        }

        /** When clients take none of it any more. */
        private Instant until(String host) {
            return coverage.of(host)
                    .map(Held::notAfter)
                    .max(Comparator.naturalOrder())
                    .orElse(Instant.MIN);
        }

        /** The one of the same names: another may be what other hosts are served with. */
        private @Nullable Held before(Wanted.Ordered wanted) {
            return coverage.of(wanted.names().first())
                    .filter(h -> h.id().equals(wanted.id()))
                    .findFirst()
                    .orElse(null);
        }

        private void ask(Wanted.Ordered wanted) {
            Set<Held> used = new HashSet<>();
            for (String host : wanted.names()) {
                coverage.of(host).filter(h -> h.serves(wanted, host)).forEach(used::add);
            }
            for (Held each : used) {
                if (!each.notAfter().isAfter(now)) {
                    continue;
                }
                Instant look = notes.of(each.id()).look();
                if (look != null && isAhead(look)) {
                    later(look);
                } else if (!waits(notes.accounts().get(wanted.issuer().account()))) {
                    add(new Task.Ask(each, wanted.issuer()), Turn.QUESTION, look);
                }
            }
        }

        private void revoke(Wanted.Ordered wanted) {
            for (Notes.Revocation each : notes.revocations()) {
                if (!each.unused() || !each.account().equals(wanted.issuer().account())) {
                    continue;
                }
                if (each.nextTry().isAfter(now)) {
                    later(each.nextTry());
                } else {
                    add(new Task.Revoke(each, wanted.issuer()), Turn.QUESTION, each.nextTry());
                }
            }
        }

        private boolean waits(@Nullable Setback setback) {
            if (setback == null || !isAhead(setback.nextTry())) {
                return false;
            }
            later(setback.nextTry());
            return true;
        }

        /** None is put off for longer than a day: such a moment is of a clock that was ahead. */
        private boolean isAhead(Instant moment) {
            return moment.isAfter(now) && !moment.isAfter(now.plus(Setback.LONGEST));
        }

        private void later(@Nullable Instant moment) {
            if (moment != null && moment.isAfter(now)) {
                Instant here = times.here().plus(Duration.between(now, moment));
                next = next == null || here.isBefore(next) ? here : next;
            }
        }
    }
}
