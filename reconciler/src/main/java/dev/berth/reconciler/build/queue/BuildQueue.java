package dev.berth.reconciler.build.queue;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.log.BuildLogs;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.ReasonCode;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds, so many at a time, first come, first served: of each app the newest. A build that is cut
 * short, by the end of control or by an engine that is gone, goes on as its next attempt when it is
 * asked for again. Thread-safe.
 */
public final class BuildQueue {
    private static final String CUT_SHORT = "cut short";

    private final BuildBook book;
    private final Turns turns;

    /**
     * An empty one.
     *
     * @param atOnce how many are built at a time, from 1; asked each time
     */
    public BuildQueue(BuildBook book, IntSupplier atOnce) {
        this.book = book;
        this.turns = new Turns(atOnce);
    }

    /** How far each build is. */
    public BuildBook book() {
        return book;
    }

    /** What makes the image. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does it, or finds it done.
         *
         * @param course told how far it is, and each line that is written
         */
        void run(Course course) throws ReconcileException, InterruptedException;
    }

    /** How a build goes on. One thread at a time. */
    public final class Course {
        private final BuildLogs.Open log;
        private Build build;

        private Course(Build build, BuildLogs.Open log) {
            this.build = build;
            this.log = log;
        }

        /** It is so far. */
        public void reached(Phase phase) {
            step(phase, null, null);
        }

        /** Its image is in a registry by that name. */
        public void pushed(String name) {
            build = book.pushed(build, name);
        }

        /** It writes a line. */
        public void line(String line) {
            log.line(line);
        }

        private void step(Phase phase, @Nullable ReasonCode reason, @Nullable String message) {
            build = book.reached(build, phase, reason, message);
        }
    }

    /**
     * Runs a task when its turn comes; returns once the image is there.
     *
     * @throws ReconcileException as the task does
     * @throws InterruptedException if the thread is interrupted, also while it waits
     */
    public void run(Order order, Task task) throws ReconcileException, InterruptedException {
        int ahead = turns.ahead();
        Build build = book.begin(order);
        try (BuildLogs.Open log = book.logs().open(build.id())) {
            Course course = new Course(build, log);
            if (build.attempt() > 1) {
                course.line("--- attempt %d ---".formatted(build.attempt()));
            }
            if (ahead > 0) {
                course.line("--- waits for %d before it ---".formatted(ahead));
            }
            inTurn(course, task);
        } finally {
            book.leaveOff(build.inAttempt());
        }
    }

    private void inTurn(Course course, Task task) throws ReconcileException, InterruptedException {
        try {
            turns.take();
            try {
                task.run(course);
            } finally {
                turns.giveBack();
            }
            course.reached(Phase.Releasing);
        } catch (ReconcileException.Stalled failed) {
            String message = told(failed, course);
            course.step(Phase.Failed, failed.reason(), message);
            throw failed;
        } catch (ReconcileException failed) {
            if (failed.reason() == ReasonCode.Superseded) {
                course.step(Phase.Queued, null, CUT_SHORT);
            } else {
                course.step(Phase.Queued, failed.reason(), "tried again: " + told(failed, course));
            }
            throw failed;
        } catch (InterruptedException e) {
            course.step(Phase.Queued, null, CUT_SHORT);
            throw e;
        } catch (RuntimeException bug) {
            course.step(Phase.Queued, null, "a bug of Berth ended it: " + bug);
            throw bug;
        }
    }

    /** The one line that says what to do. */
    private static String told(ReconcileException failed, Course course) {
        String first = BuildBook.firstLine(failed.getMessage());
        course.line("--- " + first + " ---");
        return first;
    }
}
