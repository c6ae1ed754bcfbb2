package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EngineCallsTest {
    private final EngineCalls calls = new EngineCalls("unix:///run/docker.sock");

    @ParameterizedTest
    @EnumSource(Ask.Late.class)
    void run_overItsDeadline_interruptsTheCallAndSaysSo(Ask.Late late) throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);

        ReconcileException failure =
                catchThrowableOfType(
                        ReconcileException.class,
                        () -> calls.run(ask(late), () -> waitForInterrupt(interrupted)));

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(failure).hasMessageContaining("can't read the moon: not done within");
        switch (late) {
            case ENGINE_SILENT ->
                    assertFailure(failure, Transient.class, ReasonCode.EngineUnavailable);
            case TRY_AGAIN -> assertFailure(failure, Transient.class, ReasonCode.PullFailed);
            case GIVE_UP -> assertFailure(failure, Stalled.class, ReasonCode.PullFailed);
        }
    }

    @Test
    void run_callerInterrupted_interruptsTheCallAndKeepsTheFlag() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread caller = Thread.currentThread();

        Transient failure =
                catchThrowableOfType(
                        Transient.class,
                        () ->
                                calls.run(
                                        Ask.toRead("read the moon"),
                                        () -> {
                                            caller.interrupt();
                                            return waitForInterrupt(interrupted);
                                        }));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.reason()).isEqualTo(ReasonCode.Superseded);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void run_ioFailureDeepInside_isUnavailable() {
        Transient failure =
                catchThrowableOfType(
                        Transient.class,
                        () ->
                                calls.run(
                                        Ask.toRead("read the moon"),
                                        () -> {
                                            throw new IllegalStateException(
                                                    new IllegalStateException(
                                                            new IOException("Connection reset")));
                                        }));

        assertThat(failure.reason()).isEqualTo(ReasonCode.EngineUnavailable);
        assertThat(failure)
                .hasMessageContaining("Connection reset")
                .hasMessageContaining("unix:///run/docker.sock");
    }

    @Test
    void run_ourOwnMistake_isUnchecked() {
        assertThatThrownBy(
                        () ->
                                calls.run(
                                        Ask.toRead("read the moon"),
                                        () -> {
                                            throw new NullPointerException("oops");
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("oops");
    }

    private static Ask ask(Ask.Late late) {
        return new Ask("read the moon", Duration.ofMillis(50), ReasonCode.PullFailed, late);
    }

    private static boolean waitForInterrupt(CountDownLatch interrupted)
            throws InterruptedException {
        try {
            return new CountDownLatch(1).await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    private static void assertFailure(
            ReconcileException failure,
            Class<? extends ReconcileException> type,
            ReasonCode reason) {
        assertThat(failure).isInstanceOf(type);
        assertThat(failure.reason()).isEqualTo(reason);
    }
}
