package dev.berth.proxy.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.limit.ClientNetwork;
import dev.berth.schemas.edge.Policy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateBucketsTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(-5 * SECOND);
    private final RateBuckets buckets =
            new RateBuckets(new Policy.RateLimit(2, Duration.ofSeconds(1), 3), now::get);

    @Test
    void take_burst_passesAndThenTellsTheWait() {
        assertThat(take(3)).isEqualTo(3);

        assertThat(buckets.take("a")).isEqualTo(SECOND / 2);
        now.addAndGet(SECOND / 2 - 1);
        assertThat(buckets.take("a")).isEqualTo(1);
        now.addAndGet(1);
        assertThat(buckets.take("a")).isZero();
        assertThat(buckets.take("a")).isPositive();
    }

    @Test
    void take_steady_passesAtTheRate() {
        int passed = take(3);
        for (int i = 0; i < 1000; i++) {
            now.addAndGet(SECOND / 100);
            passed += buckets.take("a") == 0 ? 1 : 0;
        }

        assertThat(passed).isEqualTo(3 + 20);
    }

    @Test
    void take_clients_haveBucketsOfTheirOwn() {
        assertThat(take(3)).isEqualTo(3);

        assertThat(buckets.take("b")).isZero();
    }

    @Test
    void take_fullBuckets_areForgotten() {
        for (int i = 0; i < 100; i++) {
            buckets.take("client " + i);
        }
        now.addAndGet(10 * SECOND);
        buckets.take("another");

        assertThat(buckets.size()).isEqualTo(1);
    }

    @Test
    void sharing_ipv6_isByItsNetwork() {
        assertThat(ClientNetwork.of("2001:db8::1"))
                .isEqualTo(ClientNetwork.of("2001:db8::ffff:1"))
                .isNotEqualTo(ClientNetwork.of("2001:db8:0:1::1"));
        assertThat(ClientNetwork.of("10.0.0.1")).isEqualTo("10.0.0.1");
    }

    private int take(int times) {
        int passed = 0;
        for (int i = 0; i < times; i++) {
            passed += buckets.take("a") == 0 ? 1 : 0;
        }
        return passed;
    }
}
