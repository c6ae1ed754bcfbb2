package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.certificate.RenewalTime.Window;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AgendaTest {
    private static final Instant NOW = Instant.parse("2026-11-23T02:00:00Z");
    private static final URI DIRECTORY = URI.create("https://ca.example.com/dir");
    private static final Issuer ISSUER = new Issuer(DIRECTORY, null, null, null);

    private static Wanted.Ordered wanted(@Nullable Instant reissuedAt, String... names) {
        return new Wanted.Ordered(
                new TreeSet<>(List.of(names)), ISSUER, Wanted.Method.HTTP_01, null, reissuedAt);
    }

    private static Wanted.Ordered wanted(String... names) {
        return wanted(null, names);
    }

    private static Held held(int daysOld, String... names) {
        Instant from = NOW.minus(Duration.ofDays(daysOld));
        return new Held(
                new TreeSet<>(List.of(names)),
                DIRECTORY,
                null,
                "Test",
                "chain",
                "key",
                from,
                from.plus(Duration.ofDays(90)),
                from);
    }

    private static Setback setback(Setback.Kind kind, Duration next) {
        return new Setback(kind, 1, NOW, NOW.plus(next), "no");
    }

    private static Notes noted(Wanted.Ordered of, Setback setback) {
        return Notes.NONE.with(of, note -> note.with(setback));
    }

    private static Agenda agenda(List<Wanted.Ordered> wanted, List<Held> held, Notes notes) {
        return Agenda.of(wanted, held, notes, Times.everywhere(NOW));
    }

    private static List<Task.Obtain> orders(Agenda agenda) {
        return agenda.due().stream()
                .filter(Task.Obtain.class::isInstance)
                .map(Task.Obtain.class::cast)
                .toList();
    }

    @Test
    void hosts_withoutAny_areOrderedTogetherAndWithCare() {
        List<Task.Obtain> orders =
                orders(agenda(List.of(wanted("a.com", "b.com")), List.of(), Notes.NONE));

        assertThat(orders)
                .singleElement()
                .satisfies(
                        order -> {
                            assertThat(order.wanted().names()).containsExactly("a.com", "b.com");
                            assertThat(order.careful()).isTrue();
                            assertThat(order.replaces()).isNull();
                        });
    }

    @Test
    void certificate_young_nothingIsOrderedUntilItsRenewal() {
        Held young = held(10, "a.com");

        Agenda agenda =
                agenda(
                        List.of(wanted("a.com")),
                        List.of(young),
                        Notes.NONE.with(
                                young, n -> n.advised(null, NOW.plus(Duration.ofHours(6)))));

        assertThat(agenda.due()).isEmpty();
        assertThat(agenda.next()).isEqualTo(NOW.plus(Duration.ofHours(6)));
    }

    @Test
    void certificate_pastTwoThirds_isRenewedWithoutALookAhead() {
        Held old = held(61, "a.com");

        assertThat(orders(agenda(List.of(wanted("a.com")), List.of(old), Notes.NONE)))
                .containsExactly(new Task.Obtain(wanted("a.com"), old, false));
    }

    @Test
    void host_added_allAreOrderedInOne() {
        List<Task.Obtain> orders =
                orders(
                        agenda(
                                List.of(wanted("a.com", "b.com")),
                                List.of(held(1, "a.com")),
                                Notes.NONE));

        assertThat(orders)
                .extracting(Task.Obtain::wanted)
                .containsExactly(wanted("a.com", "b.com"));
    }

    @Test
    void host_removed_whatIsThereServesOn() {
        assertThat(
                        orders(
                                agenda(
                                        List.of(wanted("a.com")),
                                        List.of(held(1, "a.com", "b.com")),
                                        Notes.NONE)))
                .isEmpty();
    }

    @Test
    void host_thatFailed_isLeftOut_andTriedAloneWhenItsTimeComes() {
        Wanted.Ordered both = wanted("a.com", "bad.com");
        Notes waits =
                noted(wanted("bad.com"), setback(Setback.Kind.VALIDATION, Duration.ofMinutes(10)));
        Notes due = noted(wanted("bad.com"), setback(Setback.Kind.VALIDATION, Duration.ZERO));

        assertThat(orders(agenda(List.of(both), List.of(), waits)))
                .extracting(Task.Obtain::wanted)
                .containsExactly(wanted("a.com"));
        assertThat(agenda(List.of(both), List.of(), waits).next())
                .isEqualTo(NOW.plus(Duration.ofMinutes(10)));
        assertThat(orders(agenda(List.of(both), List.of(held(1, "a.com")), due)))
                .containsExactly(new Task.Obtain(wanted("bad.com"), null, true));
    }

    @Test
    void hosts_thatGotTheirsApart_joinAtTheNextRenewal() {
        List<Task.Obtain> orders =
                orders(
                        agenda(
                                List.of(wanted("a.com", "b.com")),
                                List.of(held(61, "a.com"), held(20, "b.com")),
                                Notes.NONE));

        assertThat(orders)
                .extracting(Task.Obtain::wanted)
                .containsExactly(wanted("a.com", "b.com"));
    }

    @Test
    void account_limited_nothingNewOfItIsAsked() {
        Notes notes =
                Notes.NONE.withAccount(
                        ISSUER.account(), setback(Setback.Kind.RATE_LIMITED, Duration.ofHours(2)));

        Agenda agenda =
                agenda(
                        List.of(wanted("a.com"), wanted("b.com")),
                        List.of(held(61, "c.com")),
                        notes);

        assertThat(agenda.due()).isEmpty();
        assertThat(agenda.next()).isEqualTo(NOW.plus(Duration.ofHours(2)));
    }

    @Test
    void limit_ofOneCertificate_keepsItAsLongAsWanted_othersAnHour_renewalsNot() {
        Wanted.Ordered limited = wanted("a.com");
        Notes notes =
                Notes.NONE.failed(
                        limited,
                        new IssuingException(
                                Setback.Kind.RATE_LIMITED, "no", NOW.plus(Duration.ofHours(7))),
                        NOW,
                        new Random(1));

        Agenda agenda =
                agenda(
                        List.of(limited, wanted("b.com"), wanted("old.com")),
                        List.of(held(61, "old.com")),
                        notes);

        assertThat(orders(agenda))
                .extracting(Task.Obtain::wanted)
                .containsExactly(wanted("old.com"));
        assertThat(agenda.next()).isEqualTo(NOW.plus(Duration.ofHours(1)));
        Instant later = NOW.plus(Duration.ofHours(1));
        Agenda then =
                Agenda.of(
                        List.of(limited, wanted("b.com")),
                        List.of(),
                        notes,
                        Times.everywhere(later));
        assertThat(orders(then)).extracting(Task.Obtain::wanted).containsExactly(wanted("b.com"));
        assertThat(then.next()).isEqualTo(NOW.plus(Duration.ofHours(7)));
    }

    @Test
    void momentsOfAClockThatWasAhead_keepNothing() {
        Held held = held(10, "a.com");
        Notes notes =
                noted(wanted("b.com"), setback(Setback.Kind.UNREACHABLE, Duration.ofDays(30)))
                        .with(held, n -> n.advised(null, NOW.plus(Duration.ofDays(30))));

        Agenda agenda = agenda(List.of(wanted("a.com"), wanted("b.com")), List.of(held), notes);

        assertThat(agenda.due())
                .containsExactlyInAnyOrder(
                        new Task.Obtain(wanted("b.com"), null, true), new Task.Ask(held, ISSUER));
    }

    @Test
    void setback_limitedForAYear_isTriedTomorrow() {
        Setback far =
                Setback.after(
                        null,
                        Setback.Kind.RATE_LIMITED,
                        "no",
                        NOW.plus(Duration.ofDays(365)),
                        NOW,
                        new Random(1));

        assertThat(far.nextTry()).isEqualTo(NOW.plus(Duration.ofDays(1)));
    }

    @Test
    void reissuedAt_afterWhatIsThere_isOrderedOnce() {
        Instant then = NOW.minus(Duration.ofMinutes(1));

        assertThat(
                        orders(
                                agenda(
                                        List.of(wanted(then, "a.com")),
                                        List.of(held(1, "a.com")),
                                        Notes.NONE)))
                .hasSize(1);
        assertThat(
                        orders(
                                agenda(
                                        List.of(wanted(then, "a.com")),
                                        List.of(held(0, "a.com")),
                                        Notes.NONE)))
                .isEmpty();
        Agenda later =
                agenda(
                        List.of(wanted(NOW.plus(Duration.ofHours(1)), "a.com")),
                        List.of(held(1, "a.com")),
                        Notes.NONE);
        assertThat(orders(later)).isEmpty();
        assertThat(later.next()).isEqualTo(NOW.plus(Duration.ofHours(1)));
    }

    @Test
    void profile_other_isOrderedAnew() {
        Wanted.Ordered shortLived =
                new Wanted.Ordered(
                        new TreeSet<>(List.of("a.com")),
                        ISSUER,
                        Wanted.Method.HTTP_01,
                        "shortlived",
                        null);

        assertThat(orders(agenda(List.of(shortLived), List.of(held(1, "a.com")), Notes.NONE)))
                .hasSize(1);
    }

    @Test
    void bareHosts_comeBeforeRenewals() {
        assertThat(
                        orders(
                                agenda(
                                        List.of(wanted("old.com"), wanted("zzz.com")),
                                        List.of(held(70, "old.com")),
                                        Notes.NONE)))
                .extracting(o -> o.wanted().names().first())
                .containsExactly("zzz.com", "old.com");
    }

    @Test
    void due_inTurn_firstTries_whatEndsSoonest_questions_thenRetriesThatWaitedLongest() {
        Notes notes =
                noted(wanted("late.com"), setback(Setback.Kind.DNS, Duration.ofMinutes(-1)))
                        .with(
                                wanted("early.com"),
                                n -> n.with(setback(Setback.Kind.DNS, Duration.ofHours(-1))));

        Agenda agenda =
                agenda(
                        List.of(
                                wanted("late.com"),
                                wanted("early.com"),
                                wanted("old.com"),
                                wanted("oldest.com"),
                                wanted("new.com")),
                        List.of(held(70, "old.com"), held(80, "oldest.com")),
                        notes);

        assertThat(agenda.due())
                .extracting(
                        task ->
                                switch (task) {
                                    case Task.Obtain obtain -> obtain.wanted().names().first();
                                    case Task.Ask _ -> "ask";
                                    case Task.Revoke _ -> "revoke";
                                })
                .containsExactly(
                        "new.com", "oldest.com", "old.com", "ask", "ask", "early.com", "late.com");
    }

    @Test
    void renewalTime_ofAWindow_isInIt_theSameEachTime() {
        Held held = held(1, "a.com");
        Window window = new Window(NOW.plus(Duration.ofDays(3)), NOW.plus(Duration.ofDays(5)));

        assertThat(RenewalTime.of(held, window))
                .isBetween(window.start(), window.end())
                .isEqualTo(RenewalTime.of(held, window));
        assertThat(RenewalTime.of(held, window))
                .isNotEqualTo(RenewalTime.of(held(1, "b.com"), window));
    }

    @Test
    void renewalTime_withoutAWindow_isJustBeforeTwoThirds() {
        Held held = held(0, "a.com");

        assertThat(RenewalTime.of(held, null))
                .isBetween(NOW.plus(Duration.ofDays(58)), NOW.plus(Duration.ofDays(60)));
    }

    @Test
    void renewalTime_windowIsOverOrFarAhead_isNeitherAtOnceNorTooLate() {
        Held held = held(0, "a.com");
        Window over = new Window(NOW.minusSeconds(7200), NOW.minusSeconds(3600));
        Window ahead = new Window(NOW.plus(Duration.ofDays(300)), NOW.plus(Duration.ofDays(301)));

        assertThat(RenewalTime.of(held, over))
                .as("the next one would be due at once, too")
                .isEqualTo(NOW.plus(Duration.ofHours(6)));
        assertThat(RenewalTime.of(held, ahead)).isEqualTo(NOW.plus(Duration.ofDays(75)));
    }

    @Test
    void certificate_ofAnHour_isRenewedBeforeItsEnd_andAnExpiredOneCoversNothing() {
        Held brief =
                new Held(
                        new TreeSet<>(List.of("a.com")),
                        DIRECTORY,
                        null,
                        "Test",
                        "chain",
                        "key",
                        NOW,
                        NOW.plus(Duration.ofHours(1)),
                        NOW);

        assertThat(RenewalTime.of(brief, null))
                .isBetween(NOW.plus(Duration.ofMinutes(38)), NOW.plus(Duration.ofMinutes(40)));
        assertThat(
                        orders(
                                Agenda.of(
                                        List.of(wanted("a.com")),
                                        List.of(obtained(brief, NOW.plus(Duration.ofHours(5)))),
                                        Notes.NONE,
                                        Times.everywhere(NOW.plus(Duration.ofHours(2))))))
                .hasSize(1);
    }

    private static Held obtained(Held by, Instant at) {
        return new Held(
                by.names(),
                by.directory(),
                by.profile(),
                by.issuer(),
                by.chain(),
                by.key(),
                by.notBefore(),
                by.notAfter(),
                at);
    }

    @Test
    void certificate_obtainedByAClockThatIsAhead_isNotReplacedAtOnce() {
        Held late = obtained(held(80, "a.com"), NOW);

        assertThat(agenda(List.of(wanted("a.com")), List.of(late), Notes.NONE).next())
                .isEqualTo(NOW.plus(Duration.ofDays(3)));
    }

    @Test
    void wildcard_refusedByItsPlainName_waits() {
        Wanted.Ordered both = wanted("*.a.com", "b.com");
        IssuingException failure =
                IssuingException.of(Setback.Kind.VALIDATION, new TreeMap<>(Map.of("a.com", "no")));

        Notes notes = Notes.NONE.failed(both, failure, NOW, new Random(1));

        assertThat(orders(agenda(List.of(both), List.of(), notes)))
                .extracting(Task.Obtain::wanted)
                .containsExactly(wanted("b.com"));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void failure_whateverItSays_leavesNothingDueAtOnceForTheSameHosts(long seed) {
        Random random = new Random(seed);
        List<String> hosts =
                List.of("a.com", "*.a.com", "b.com", "*.b.com", "www.a.com", "c.com", "d.com");
        List<Wanted.Ordered> wanted = new ArrayList<>();
        List<Held> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String[] some = some(hosts, random);
            wanted.add(wanted(random.nextInt(4) == 0 ? NOW.minusSeconds(1) : null, some));
            if (random.nextBoolean()) {
                held.add(held(random.nextInt(100), some(hosts, random)));
            }
        }
        Notes notes = Notes.NONE;
        Instant now = NOW;
        for (int time = 0; time < 20; time++) {
            for (int tries = 0; ; tries++) {
                List<Task.Obtain> due =
                        orders(Agenda.of(wanted, held, notes, Times.everywhere(now)));
                if (due.isEmpty()) {
                    break;
                }
                assertThat(tries).as("tries at %s", now).isLessThan(30);
                Task.Obtain failed = due.get(random.nextInt(due.size()));
                notes =
                        notes.failed(failed.wanted(), failure(hosts, now, random), now, random)
                                .only(wanted, Set.of());
                assertThat(orders(Agenda.of(wanted, held, notes, Times.everywhere(now))))
                        .as("after %s at %s", failed, now)
                        .extracting(Task.Obtain::id)
                        .doesNotContain(failed.id());
            }
            Instant next = Agenda.of(wanted, held, notes, Times.everywhere(now)).next();
            if (next == null) {
                assertThat(held).as("nothing is to be done").isNotEmpty();
                break;
            }
            assertThat(next).isAfter(now);
            now = next;
        }
    }

    private static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    private static String[] some(List<String> hosts, Random random) {
        List<String> mixed = new ArrayList<>(hosts);
        Collections.shuffle(mixed, random);
        return mixed.subList(0, 1 + random.nextInt(4)).toArray(String[]::new);
    }

    private static IssuingException failure(List<String> hosts, Instant now, Random random) {
        Setback.Kind[] kinds = Setback.Kind.values();
        Setback.Kind kind = kinds[random.nextInt(kinds.length)];
        if (random.nextBoolean()) {
            TreeMap<String, String> wrong = new TreeMap<>();
            for (String host : some(hosts, random)) {
                wrong.put(random.nextBoolean() ? Coverage.plain(host) : host, "no");
            }
            return IssuingException.of(kind, wrong);
        }
        Instant notBefore =
                random.nextBoolean() ? null : now.plusSeconds(random.nextInt(-3600, 200_000));
        return new IssuingException(kind, "no", notBefore);
    }

    @Test
    void setbacks_inARow_waitLonger_anotherKindBeginsAnew() {
        Random random = new Random(1);
        Setback first = Setback.after(null, Setback.Kind.VALIDATION, "no", null, NOW, random);
        Setback second = Setback.after(first, Setback.Kind.VALIDATION, "no", null, NOW, random);
        Setback other = Setback.after(second, Setback.Kind.BAD_NONCE, "no", null, NOW, random);

        assertThat(Duration.between(NOW, first.nextTry()))
                .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
        assertThat(Duration.between(NOW, second.nextTry()))
                .isBetween(Duration.ofMinutes(30), Duration.ofMinutes(33));
        assertThat(other.inARow()).isEqualTo(1);
    }

    @Test
    void setback_limited_waitsAsTheAuthorityWants_evenIfThatIsShorter() {
        Random random = new Random(1);

        Setback soon =
                Setback.after(
                        null,
                        Setback.Kind.RATE_LIMITED,
                        "no",
                        NOW.plus(Duration.ofMinutes(5)),
                        NOW,
                        random);
        Setback unsaid = Setback.after(null, Setback.Kind.RATE_LIMITED, "no", null, NOW, random);

        assertThat(soon.nextTry()).isEqualTo(NOW.plus(Duration.ofMinutes(5)));
        assertThat(unsaid.nextTry()).isAfterOrEqualTo(NOW.plus(Duration.ofHours(1)));
    }
}
