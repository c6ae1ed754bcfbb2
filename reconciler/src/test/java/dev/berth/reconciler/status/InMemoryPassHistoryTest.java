package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class InMemoryPassHistoryTest extends PassHistoryContract {
    @Override
    protected PassHistory history() {
        return new InMemoryPassHistory();
    }

    @Test
    void anyCall_toldToFail_fails() {
        InMemoryPassHistory history = new InMemoryPassHistory();
        history.fail("gone");

        assertThatThrownBy(history::prepare).hasMessage("gone");
        assertThatThrownBy(() -> history.passes(null, 1)).hasMessage("gone");
    }
}
