package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.certificate.DnsException;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;

class NameserversTest {
    private static final Duration MOST = Duration.ofSeconds(30);

    private final FakeNameserver server = new FakeNameserver();
    private final HurriedClock clock = new HurriedClock();
    private final Nameservers names = new Nameservers(server.address(), clock);

    private FakeNameserver zone(String server) {
        return this.server.zone("test").server("test", "ns.test", server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void target_noAlias_isTheName() throws Exception {
        assertThat(names.target("a.test.")).hasToString("a.test.");
        assertThat(names.target("a.test")).hasToString("a.test.");
    }

    @Test
    void target_aliases_areFollowedToTheirEnd() throws Exception {
        server.alias("a.test", "b.test").alias("b.test", "c.test");

        assertThat(names.target("a.test.")).hasToString("c.test.");
    }

    @Test
    void target_circle_saysSo() {
        server.alias("a.test", "b.test").alias("b.test", "a.test");

        assertThatThrownBy(() -> names.target("a.test."))
                .isInstanceOfSatisfying(DnsException.class, e -> assertThat(e.permanent()).isTrue())
                .hasMessageContaining("a.test. is an alias of an alias");
    }

    @Test
    void zone_closest_isFound() throws Exception {
        server.zone("test").zone("b.test");

        assertThat(names.zone(FakeNameserver.name("x.a.b.test"))).hasToString("b.test.");
        assertThat(names.zone(FakeNameserver.name("x.c.test"))).hasToString("test.");
        assertThatThrownBy(() -> names.zone(FakeNameserver.name("x.other")))
                .hasMessageContaining("x.other. is in no zone");
    }

    @Test
    void addresses_bothFamilies_ipv4First() throws Exception {
        InetAddress four = InetAddress.getByName("192.0.2.1");
        InetAddress six = InetAddress.getByName("2001:db8::1");
        server.record(new AAAARecord(FakeNameserver.name("a.test"), DClass.IN, 60, six))
                .record(new ARecord(FakeNameserver.name("a.test"), DClass.IN, 60, four));

        assertThat(names.addresses(FakeNameserver.name("a.test"))).containsExactly(four, six);
        assertThat(names.addresses(FakeNameserver.name("b.test"))).isEmpty();
    }

    @Test
    void awaitVisible_otherValuesOnly_namesTheServerThatLacksIt() {
        zone("127.0.0.1").text("a.test", "other");

        assertThatThrownBy(() -> names.awaitVisible("a.test.", "digest", MOST))
                .isInstanceOfSatisfying(
                        DnsException.class, e -> assertThat(e.permanent()).isFalse())
                .hasMessageContaining("a.test. is not seen after 30 s")
                .hasMessageContaining("ns.test does not have it");
        assertThat(clock.passed()).isEqualTo(MOST);
    }

    @Test
    void awaitVisible_zoneWithoutServers_saysSo() {
        server.zone("test").text("a.test", "digest");

        assertThatThrownBy(() -> names.awaitVisible("a.test.", "digest", MOST))
                .hasMessageContaining("its zone has no name servers");
    }

    @Test
    void awaitVisible_noServerIsReached_theMachinesOwnCounts() throws Exception {
        zone("127.0.0.9").text("a.test", "digest");

        names.awaitVisible("a.test.", "digest", MOST);

        assertThatThrownBy(() -> names.awaitVisible("b.test.", "digest", Duration.ZERO))
                .hasMessageContaining("ns.test does not answer");
    }

    @Test
    void awaitVisible_aliasOfTheName_isFollowed() throws Exception {
        zone("127.0.0.1").alias("a.test", "b.test").text("b.test", "digest");

        names.awaitVisible("a.test.", "digest", MOST);

        assertThat(clock.passed()).isZero();
    }
}
