package dev.berth.reconciler.converge;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import org.junit.jupiter.api.Test;

class PreemptionTest {
    private final Preemption preemption = new Preemption();

    @Test
    void check_anotherCommitWasSeen_endsTheWait() {
        preemption.reading("a");
        preemption.supersede("b");

        assertThatThrownBy(preemption::check).isInstanceOf(ReconcileException.Waiting.class);
    }

    @Test
    void check_theCommitOfThePassWasSeenBeforeItWasRead_goesOn() {
        preemption.supersede("b");
        preemption.reading("b");

        assertThatCode(preemption::check).doesNotThrowAnyException();
    }

    @Test
    void check_theCommitOfThePassWasSeenAgain_goesOn() {
        preemption.reading("b");
        preemption.supersede("b");

        assertThatCode(preemption::check).doesNotThrowAnyException();
    }

    @Test
    void check_processEnds_endsTheWait() {
        preemption.reading("b");
        preemption.stop();

        assertThatThrownBy(preemption::check).isInstanceOf(ReconcileException.Waiting.class);
    }
}
