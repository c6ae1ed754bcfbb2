package dev.berth.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionCapsTest {
    private final ConnectionCaps caps = new ConnectionCaps(new ConnectionLimits(5, 2));

    @Test
    void enter_oneClientTooMany_isRefusedAndOthersAreNot() {
        assertThat(caps.enter(peer("10.0.0.1"))).isTrue();
        assertThat(caps.enter(peer("10.0.0.1"))).isTrue();
        assertThat(caps.enter(peer("10.0.0.1"))).isFalse();
        assertThat(caps.enter(peer("10.0.0.2"))).isTrue();
        assertThat(caps.refused()).isEqualTo(1);

        caps.leave(peer("10.0.0.1"));
        assertThat(caps.enter(peer("10.0.0.1"))).isTrue();
    }

    @Test
    void enter_ipv6_isByNetwork() {
        assertThat(caps.enter(peer("2001:db8::1"))).isTrue();
        assertThat(caps.enter(peer("2001:db8::2"))).isTrue();
        assertThat(caps.enter(peer("2001:db8::3"))).isFalse();
        assertThat(caps.enter(peer("2001:db8:0:1::1"))).isTrue();
    }

    @Test
    void enter_allTooMany_isRefused() {
        for (int i = 1; i <= 5; i++) {
            assertThat(caps.enter(peer("10.0.0." + i))).isTrue();
        }
        assertThat(caps.enter(peer("10.0.0.6"))).isFalse();

        for (int i = 1; i <= 5; i++) {
            caps.leave(peer("10.0.0." + i));
        }
        assertThat(caps.clients()).isZero();
        assertThat(caps.enter(peer("10.0.0.6"))).isTrue();
    }

    @Test
    void fromEnvironment_numbers_areRead() {
        assertThat(ConnectionLimits.fromEnvironment(Map.of())).isEqualTo(ConnectionLimits.DEFAULT);
        assertThat(
                        ConnectionLimits.fromEnvironment(
                                Map.of(
                                        "BERTH_EDGE_MAX_CONNECTIONS", "7",
                                        "BERTH_EDGE_MAX_CONNECTIONS_PER_CLIENT", " 3 ")))
                .isEqualTo(new ConnectionLimits(7, 3));
        assertThatThrownBy(
                        () ->
                                ConnectionLimits.fromEnvironment(
                                        Map.of("BERTH_EDGE_MAX_CONNECTIONS", "0")))
                .hasMessage(
                        "BERTH_EDGE_MAX_CONNECTIONS is \"0\": expected a number of connections, 1 or more");
    }

    private static InetSocketAddress peer(String address) {
        return new InetSocketAddress(address, 1234);
    }
}
