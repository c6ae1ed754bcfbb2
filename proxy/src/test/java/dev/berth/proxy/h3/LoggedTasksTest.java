package dev.berth.proxy.h3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.LogCapture;
import org.junit.jupiter.api.Test;

class LoggedTasksTest {
    @Test
    void task_thatFails_isLoggedOnceAndTheNextOnesRun() {
        try (LogCapture log = LogCapture.start();
                LoggedTasks tasks = new LoggedTasks("tasks-test", "nothing works; restart")) {
            tasks.execute(LoggedTasksTest::fail);
            tasks.later(LoggedTasksTest::fail, 0);
            tasks.execute(
                    () -> {
                        throw new NoClassDefFoundError("gone");
                    });

            await().until(() -> tasks.failures() == 3);
            assertThat(log.lines()).singleElement().asString().contains("nothing works; restart");
        }
    }

    private static void fail() {
        throw new IllegalStateException("broken");
    }
}
