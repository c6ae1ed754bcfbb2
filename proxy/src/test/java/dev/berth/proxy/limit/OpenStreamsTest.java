package dev.berth.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.limit.OpenStreams.OfConnection;
import org.junit.jupiter.api.Test;

class OpenStreamsTest {
    private final OpenStreams streams = new OpenStreams(new ConnectionLimits(5, 2));

    @Test
    void enter_moreThanOneClientMay_onlyItsOwnAreRefused() {
        OfConnection first = streams.ofClient("10.0.0.1");
        OfConnection second = streams.ofClient("10.0.0.1");
        assertThat(first.enter()).isTrue();
        assertThat(second.enter()).isTrue();
        assertThat(first.enter()).isFalse();
        assertThat(streams.ofClient("10.0.0.2").enter()).isTrue();
        assertThat(streams.refused()).isEqualTo(1);

        second.leave();
        assertThat(first.enter()).isTrue();
        assertThat(streams.open()).isEqualTo(3);
    }

    @Test
    void enter_moreThanAllMay_everybodyIsRefused() {
        OfConnection proxy = streams.ofMany();
        for (int i = 0; i < 5; i++) {
            assertThat(proxy.enter()).isTrue();
        }
        assertThat(proxy.enter()).isFalse();
        assertThat(streams.ofClient("10.0.0.1").enter()).isFalse();
        assertThat(streams.open()).isEqualTo(5);
    }

    @Test
    void close_lastConnectionOfAClient_isForgottenAndItsStreamsStillLeave() {
        OfConnection first = streams.ofClient("10.0.0.1");
        OfConnection second = streams.ofClient("10.0.0.1");
        assertThat(first.enter()).isTrue();
        first.close();
        assertThat(streams.clients()).isEqualTo(1);
        second.close();
        assertThat(streams.clients()).isZero();

        first.leave();
        assertThat(streams.open()).isZero();
        OfConnection again = streams.ofClient("10.0.0.1");
        assertThat(again.enter()).isTrue();
        assertThat(again.enter()).isTrue();
    }
}
