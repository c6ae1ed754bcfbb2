package dev.berth.liberty.health;

import dev.berth.reconciler.status.Vitals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer in the words of MicroProfile Health: whether something is so, and what is known of its
 * parts, which need not decide it. Pure.
 *
 * @param status {@code UP} or {@code DOWN}
 */
record Health(String status, List<Check> checks) {
    Health {
        checks = List.copyOf(checks);
    }

    /**
     * One part of it.
     *
     * @param detail for people
     */
    record Check(String name, String status, String detail) {}

    /** The process answers. */
    static Health live() {
        return of(true, List.of());
    }

    /** The loop has begun. */
    static Health started(Vitals now) {
        return of(now.looping(), List.of());
    }

    /**
     * The loop takes triggers. The database and the edge are told but decide nothing: Berth
     * converges without the one and starts before the other. Nor does it that nobody can tell who
     * writes, since a restart mends nothing.
     *
     * @param historyFailure why the history can't be written; {@code null} when it can
     */
    static Health ready(Vitals now, @Nullable String historyFailure) {
        return of(now.looping(), checks(now, historyFailure));
    }

    /** It does its work, too, or looks on while another Berth does. */
    static Health whole(Vitals now, @Nullable String historyFailure) {
        return of(now.looping() && !now.writerUnknown(), checks(now, historyFailure));
    }

    /** The status code of HTTP that says the same. */
    int code() {
        return status.equals("UP") ? 200 : 503;
    }

    private static List<Check> checks(Vitals now, @Nullable String historyFailure) {
        return List.of(
                check("loop", now.looping(), now.looping() ? "running" : "not running"),
                check(
                        "history",
                        historyFailure == null,
                        historyFailure == null ? "writable" : historyFailure),
                check(
                        "source",
                        !now.pollOverdue(),
                        now.pollOverdue()
                                ? "no look at the config repo has succeeded for three intervals"
                                : "read"),
                check("writer", !now.writerUnknown(), now.writer()),
                check(
                        "edge",
                        now.edgeConnected(),
                        now.edgeConnected() ? "connected" : "no edge has reported lately"));
    }

    private static Check check(String name, boolean up, String detail) {
        return new Check(name, word(up), detail);
    }

    private static Health of(boolean up, List<Check> checks) {
        return new Health(word(up), checks);
    }

    private static String word(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
