package dev.berth.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.edge.FrontProxies;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardingTest {
    private static final FrontNetworks FRONT =
            FrontNetworks.of(
                    new FrontProxies(List.of("10.0.0.0/8", "203.0.113.0/24", "fd00::/8"), false));

    @Test
    void direct_peerWritesFields_believesNothing() {
        Forwarding from =
                Forwarding.direct(
                        fields("X-Forwarded-For", "1.2.3.4", "X-Forwarded-Proto", "https"),
                        new Forwarding.Connection("192.0.2.1", "http", 8080));

        assertThat(from)
                .isEqualTo(new Forwarding("192.0.2.1", "192.0.2.1", "http", "a.test", "8080"));
    }

    @Test
    void believed_peerIsNoProxy_believesNothing() {
        Forwarding from = read("192.0.2.1", "X-Forwarded-For", "1.2.3.4");

        assertThat(from.client()).isEqualTo("192.0.2.1");
        assertThat(from.chain()).isEqualTo("192.0.2.1");
    }

    @Test
    void believed_chain_walksFromTheRightAndDropsWhatTheClientClaims() {
        Forwarding from =
                read("10.0.0.1", "X-Forwarded-For", "127.0.0.1, 198.51.100.7, 203.0.113.9");

        assertThat(from.client()).isEqualTo("198.51.100.7");
        assertThat(from.chain()).isEqualTo("198.51.100.7, 203.0.113.9, 10.0.0.1");
    }

    @Test
    void believed_severalFields_areOneList() {
        Forwarding from =
                read("10.0.0.1", "X-Forwarded-For", "9.9.9.9", "X-Forwarded-For", "10.2.3.4");

        assertThat(from.client()).isEqualTo("9.9.9.9");
    }

    @Test
    void believed_onlyProxies_isTheFarthest() {
        assertThat(read("10.0.0.1", "X-Forwarded-For", "10.0.0.3, 10.0.0.2").client())
                .isEqualTo("10.0.0.3");
        assertThat(read("10.0.0.1").client()).isEqualTo("10.0.0.1");
    }

    @Test
    void believed_entryIsNoAddress_stopsAtWhoWroteIt() {
        for (String odd :
                new String[] {"unknown", "_hidden", "1.2.3", "1.2.3.4:x", "[::1", "fe80::1%eth0"}) {
            assertThat(read("10.0.0.1", "X-Forwarded-For", "8.8.8.8, " + odd + ", 10.0.0.2"))
                    .as(odd)
                    .extracting(Forwarding::client)
                    .isEqualTo("10.0.0.2");
        }
    }

    @Test
    void believed_addressWithPort_isTheAddress() {
        assertThat(read("10.0.0.1", "X-Forwarded-For", "8.8.8.8:4711").client())
                .isEqualTo("8.8.8.8");
        assertThat(read("10.0.0.1", "X-Forwarded-For", "[2001:db8::1]:4711").client())
                .isEqualTo("2001:db8::1");
        assertThat(read("10.0.0.1", "X-Forwarded-For", "2001:DB8::1").client())
                .isEqualTo("2001:db8::1");
        assertThat(read("fd00::5", "X-Forwarded-For", "::ffff:8.8.8.8").client())
                .isEqualTo("8.8.8.8");
    }

    @Test
    void believed_endlessChain_isCut() {
        Forwarding from = read("10.0.0.1", "X-Forwarded-For", "10.0.0.2,".repeat(5000) + "1.1.1.1");

        assertThat(from.client()).isEqualTo("1.1.1.1");
        assertThat(read("10.0.0.1", "X-Forwarded-For", "10.0.0.2,".repeat(5000)).chain())
                .hasSizeLessThan(400);
    }

    @Test
    void believed_schemeHostPort_areTaken() {
        Forwarding from =
                read(
                        "10.0.0.1",
                        "X-Forwarded-For",
                        "8.8.8.8",
                        "X-Forwarded-Proto",
                        "HTTPS",
                        "X-Forwarded-Host",
                        "shop.test",
                        "X-Forwarded-Port",
                        "8443");

        assertThat(from)
                .isEqualTo(
                        new Forwarding(
                                "8.8.8.8", "8.8.8.8, 10.0.0.1", "https", "shop.test", "8443"));
        assertThat(read("10.0.0.1", "X-Forwarded-Proto", "https").port()).isEqualTo("443");
    }

    @Test
    void believed_badSchemeHostPort_areNotTaken() {
        Forwarding from =
                read(
                        "10.0.0.1",
                        "X-Forwarded-Proto",
                        "javascript",
                        "X-Forwarded-Host",
                        "a b",
                        "X-Forwarded-Port",
                        "99999");

        assertThat(from)
                .isEqualTo(new Forwarding("10.0.0.1", "10.0.0.1", "http", "a.test", "8080"));
        assertThat(read("10.0.0.1", "X-Forwarded-Proto", "https, http").scheme()).isEqualTo("http");
    }

    @Test
    void believed_schemeOfEachHop_takesTheClients() {
        Forwarding from =
                read(
                        "10.0.0.1",
                        "X-Forwarded-For",
                        "1.1.1.1, 8.8.8.8, 10.0.0.2",
                        "X-Forwarded-Proto",
                        "http, https, http");

        assertThat(from.client()).isEqualTo("8.8.8.8");
        assertThat(from.scheme()).isEqualTo("https");
    }

    @Test
    void believed_forwarded_isReadWhereThereIsNoOther() {
        Forwarding from =
                read(
                        "10.0.0.1",
                        "Forwarded",
                        "for=1.1.1.1;proto=http, for=\"[2001:db8::7]:80\";Proto=https"
                                + ";host=\"shop.test:444\";by=_x , for=10.0.0.2;proto=http");

        assertThat(from.client()).isEqualTo("2001:db8::7");
        assertThat(from.scheme()).isEqualTo("https");
        assertThat(from.host()).isEqualTo("shop.test:444");
        assertThat(from.port()).isEqualTo("444");
        assertThat(
                        read("10.0.0.1", "Forwarded", "for=1.1.1.1", "X-Forwarded-For", "8.8.8.8")
                                .client())
                .isEqualTo("8.8.8.8");
    }

    @Test
    void believed_malformedForwarded_isNotRead() {
        for (String odd :
                new String[] {
                    "for", "for=", "for=\"1.1.1.1", "for=1.1.1.1 x", "=;", "for=1.1.1.1;a="
                }) {
            assertThat(read("10.0.0.1", "Forwarded", odd).client()).as(odd).isEqualTo("unknown");
        }
        assertThat(read("10.0.0.1", "Forwarded", "for=\",for=192.0.2.7").client())
                .as("a client's quote before the element of the proxy")
                .isEqualTo("unknown");
        assertThat(read("10.0.0.1", "Forwarded", "for=\"", "Forwarded", "for=192.0.2.7").client())
                .isEqualTo("192.0.2.7");
        assertThat(read("10.0.0.1", "Forwarded", "for=unknown").client()).isEqualTo("10.0.0.1");
    }

    private static Forwarding read(String peer, String... fields) {
        return Forwarding.believed(
                fields(fields), new Forwarding.Connection(peer, "http", 8080), FRONT);
    }

    private static HttpHeaders fields(String... fields) {
        HttpHeaders headers = new DefaultHttpHeaders().add("Host", "a.test");
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return headers;
    }
}
