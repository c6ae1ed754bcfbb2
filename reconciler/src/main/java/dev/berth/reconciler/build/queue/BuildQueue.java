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

    /** Of a step that could not reach the network: it may be the code that asks the wrong host. */
    private static final int MOST_ATTEMPTS = 6;

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

    /** The same with nothing to be done after it. */
    public void run(Order order, Task task) throws ReconcileException, InterruptedException {
        run(order, task, _ -> {});
    }

    /**
     * Runs a task when its turn comes, and what is to be done after it when others have theirs;
     * returns once the image is there.
     *
     * @throws ReconcileException as the tasks do; Stalled also when its steps could not reach the
     *     network again and again
     * @throws InterruptedException if the thread is interrupted, also while it waits
     */
    public void run(Order order, Task task, Task after)
            throws ReconcileException, InterruptedException {
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
            follow(course, task, after);
        } finally {
            book.leaveOff(build.inAttempt());
        }
    }

    private void follow(Course course, Task task, Task after)
            throws ReconcileException, InterruptedException {
        try {
            inTurn(course, task);
            after.run(course);
            course.reached(Phase.Releasing);
        } catch (ReconcileException.Stalled failed) {
            course.step(Phase.Failed, failed.reason(), told(failed, course));
            throw failed;
        } catch (ReconcileException.Transient failed) {
            throw again(failed, course);
        } catch (ReconcileException failed) {
            course.step(Phase.Queued, failed.reason(), "tried again: " + told(failed, course));
            throw failed;
        } catch (InterruptedException e) {
            course.step(Phase.Queued, null, CUT_SHORT);
            throw e;
        } catch (RuntimeException bug) {
            course.step(Phase.Queued, null, "a bug of Berth ended it: " + bug);
            throw bug;
        }
    }

    private void inTurn(Course course, Task task) throws ReconcileException, InterruptedException {
        turns.take();
        try {
            task.run(course);
        } finally {
            turns.giveBack();
        }
    }

    private static ReconcileException again(ReconcileException.Transient failed, Course course) {
        if (failed.reason() == ReasonCode.Superseded) {
            course.step(Phase.Queued, null, CUT_SHORT);
            return failed;
        }
        String first = told(failed, course);
        if (failed.reason() == ReasonCode.BuildFailed && course.build.attempt() >= MOST_ATTEMPTS) {
            String tried = "tried %d times: ".formatted(course.build.attempt());
            course.step(Phase.Failed, failed.reason(), tried + first);
            return new ReconcileException.Stalled(
                    failed.reason(), tried + failed.getMessage(), failed);
        }
        course.step(Phase.Queued, failed.reason(), "tried again: " + first);
        return failed;
    }

    /** The one line that says what to do. */
    private static String told(ReconcileException failed, Course course) {
        String first = BuildBook.firstLine(failed.getMessage());
        course.line("--- " + first + " ---");
        return first;
    }
}
