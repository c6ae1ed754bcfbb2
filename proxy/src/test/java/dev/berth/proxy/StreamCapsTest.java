package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.ConnectionLimits;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Clients that open more streams than there may be connections. */
class StreamCapsTest {
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;
    private static final int REFUSED = 300;

    @Test
    void streams_moreThanOneClientMay_areRefusedOnAllItsConnectionsUntilOneEnds() {
        try (TestEdge edge = TestEdge.start(Timeouts.DEFAULT, new ConnectionLimits(100, 3));
                TestBackend silent =
                        TestBackend.start(
                                (conversation, self) -> {
                                    self.next(conversation);
                                    conversation.readAll();
                                });
                H2Client client = H2Client.connect(edge.port());
                H2Client other = H2Client.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", silent.address()));
            client.get(1, "/").get(3, "/").get(5, "/").get(7, "/");
            assertThat(client.answer(7).reset()).isEqualTo(REFUSED_STREAM);
            assertThat(other.get(1, "/").answer(1).reset()).isEqualTo(REFUSED_STREAM);
            await().until(() -> silent.heads().size() == 3);
            assertThat(edge.edge().metrics())
                    .contains("\nberth_edge_streams 3\n")
                    .contains("\nberth_edge_streams_refused_total 2\n");

            client.reset(3, CANCEL);
            await().until(() -> edge.edge().metrics().contains("\nberth_edge_streams 2\n"));
            other.get(3, "/");
            await().until(() -> silent.heads().size() == 4);

            client.reset(1, CANCEL).reset(5, CANCEL);
            other.reset(3, CANCEL);
            await().until(() -> edge.edge().metrics().contains("\nberth_edge_streams 0\n"));
        }
    }

    /** As eager clients do: they know of no such limit and try again at once. */
    @Test
    void streams_manyRefused_takeNothingFromThoseAdmitted() {
        CountDownLatch answers = new CountDownLatch(1);
        try (TestEdge edge = TestEdge.start(Timeouts.DEFAULT, new ConnectionLimits(100, 1));
                TestBackend slow =
                        TestBackend.start(
                                (conversation, self) -> {
                                    self.next(conversation);
                                    answers.await();
                                    conversation.send(TestBackend.ok("late"));
                                })) {
            edge.serve(Routes.proxy("a.test", slow.address()));
            try (H2Client client = H2Client.connect(edge.port())) {
                client.get(1, "/");
                await().until(() -> slow.heads().size() == 1);
                for (int stream = 3; stream < 3 + 2 * REFUSED; stream += 2) {
                    assertThat(client.get(stream, "/").answer(stream).reset())
                            .isEqualTo(REFUSED_STREAM);
                }
                answers.countDown();

                assertThat(client.answer(1).body()).isEqualTo("late");
            }
        }
    }
}
