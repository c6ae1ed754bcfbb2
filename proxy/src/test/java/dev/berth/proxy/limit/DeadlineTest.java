package dev.berth.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private final EventLoop loop = new DefaultEventLoop();
    private final List<Wait> expired = new CopyOnWriteArrayList<>();
    private final Deadline deadline = new Deadline(loop, timeouts(), expired::add);

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void await_nothingComes_expiresOnce() throws Exception {
        loop.submit(() -> deadline.await(Wait.RequestHead)).get();

        await().until(() -> !expired.isEmpty());
        Thread.sleep(100);
        assertThat(expired).containsExactly(Wait.RequestHead);
    }

    @Test
    void await_againAndAgain_doesNotExpire() throws Exception {
        for (int i = 0; i < 10; i++) {
            loop.submit(() -> deadline.await(Wait.RequestHead)).get();
            Thread.sleep(20);
        }
        assertThat(expired).isEmpty();
    }

    @Test
    void await_shorterAfterLonger_expiresAtTheShorter() throws Exception {
        loop.submit(() -> deadline.await(Wait.NextRequest)).get();
        loop.submit(() -> deadline.await(Wait.RequestHead)).get();

        await().atMost(Duration.ofSeconds(5)).until(() -> !expired.isEmpty());
        assertThat(expired).containsExactly(Wait.RequestHead);
    }

    @Test
    void clear_orClose_neverExpires() throws Exception {
        loop.submit(
                        () -> {
                            deadline.await(Wait.RequestHead);
                            deadline.clear();
                        })
                .get();
        Thread.sleep(150);
        loop.submit(
                        () -> {
                            deadline.await(Wait.RequestHead);
                            deadline.close();
                        })
                .get();
        Thread.sleep(150);
        assertThat(expired).isEmpty();
    }

    private static Timeouts timeouts() {
        Duration quick = Duration.ofMillis(100);
        Duration never = Duration.ofHours(1);
        return new Timeouts(
                never, quick, never, never, never, never, never, never, never, never, never);
    }
}
