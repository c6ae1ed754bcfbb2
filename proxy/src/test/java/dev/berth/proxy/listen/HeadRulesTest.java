package dev.berth.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Each rule alone; what they do together is in the attack table. */
class HeadRulesTest {
    private static final Peer PEER = new Peer("192.0.2.1", 8080, null);

    @Test
    void framing_none_isNoBody() {
        RequestHead head = pass(new FramingEnforcer(), head("GET", "/"));

        assertThat(head.bodyLength()).isZero();
    }

    @Test
    void framing_length_isWrittenCanonically() {
        RequestHead head = pass(new FramingEnforcer(), head("POST", "/", "Content-Length", "007"));

        assertThat(head.bodyLength()).isEqualTo(7);
        assertThat(head.headers().getAll("content-length")).containsExactly("7");
    }

    @Test
    void framing_chunked_isUnknownLength() {
        RequestHead head =
                pass(new FramingEnforcer(), head("POST", "/", "Transfer-Encoding", "Chunked"));

        assertThat(head.bodyLength()).isEqualTo(-1);
        assertThat(head.headers().getAll("transfer-encoding")).containsExactly("chunked");
    }

    @Test
    void framing_both_isRefused() {
        RequestHead both = head("POST", "/", "Content-Length", "7", "Transfer-Encoding", "chunked");

        refuse(new FramingEnforcer(), both);
        refuse(new FramingEnforcer(), head("POST", "/", "Content-Length", "9".repeat(19)));
        refuse(new FramingEnforcer(), head("POST", "/", "Content-Length", "1,1"));
        refuse(new FramingEnforcer(), head("POST", "/", "Transfer-Encoding", "gzip"));
    }

    @Test
    void target_absolute_becomesOriginAndNamesTheHost() {
        RequestHead head =
                pass(new TargetEnforcer(), head("GET", "HTTP://B.test:81?q", "Host", "a.test"));

        assertThat(head.uri()).isEqualTo("/?q");
        assertThat(head.headers().getAll("host")).containsExactly("B.test:81");
        assertThat(head.target()).isEqualTo("HTTP://B.test:81?q");
    }

    @Test
    void target_methodsOfForwardProxies_areRefused() {
        assertThat(refuse(new TargetEnforcer(), head("CONNECT", "a.test:443")).failure())
                .isEqualTo(Failure.MethodRefused);
        assertThat(refuse(new TargetEnforcer(), head("TRACE", "/")).failure())
                .isEqualTo(Failure.MethodRefused);
    }

    @Test
    void host_oddWritings_routeTheSame() {
        for (String host : new String[] {"a.test", "A.TEST", "a.test.", "a.test:8080"}) {
            RequestHead head = pass(new HostEnforcer(), head("GET", "/", "Host", host));

            assertThat(head.host()).isEqualTo("a.test");
            assertThat(head.headers().get("host")).isEqualTo(host);
        }
        assertThat(pass(new HostEnforcer(), head("GET", "/", "Host", "[::1]:80")).host())
                .isEqualTo("[::1]");
    }

    @Test
    void host_missingDoubledOrInvalid_isRefused() {
        refuse(new HostEnforcer(), head("GET", "/"));
        refuse(new HostEnforcer(), head("GET", "/", "Host", "a", "Host", "a"));
        refuse(new HostEnforcer(), head("GET", "/", "Host", "a/b"));
        refuse(new HostEnforcer(), head("GET", "/", "Host", "[::1"));
        refuse(new HostEnforcer(), head("GET", "/", "Host", "a..b"));
    }

    @Test
    void connection_webSocket_isKnownAndStripped() {
        RequestHead head =
                pass(
                        new ConnectionRules(),
                        head("GET", "/", "Connection", "Upgrade", "Upgrade", "WebSocket"));

        assertThat(head.webSocket()).isTrue();
        assertThat(head.headers()).isEmpty();
    }

    @Test
    void connection_otherUpgrades_areDropped() {
        RequestHead h2c =
                pass(
                        new ConnectionRules(),
                        head("GET", "/", "Connection", "Upgrade", "Upgrade", "h2c"));
        RequestHead post =
                pass(
                        new ConnectionRules(),
                        head("POST", "/", "Connection", "Upgrade", "Upgrade", "websocket"));
        RequestHead unnamed = pass(new ConnectionRules(), head("GET", "/", "Upgrade", "websocket"));

        assertThat(h2c.webSocket() || post.webSocket() || unnamed.webSocket()).isFalse();
        assertThat(h2c.headers()).isEmpty();
    }

    @Test
    void connection_close_endsAfterThisRequest() {
        assertThat(pass(new ConnectionRules(), head("GET", "/")).keepAlive()).isTrue();
        assertThat(
                        pass(new ConnectionRules(), head("GET", "/", "Connection", "x, close"))
                                .keepAlive())
                .isFalse();
    }

    @Test
    void forwarded_clientsOwn_areReplaced() {
        RequestHead head =
                head(
                        "GET",
                        "/",
                        "Host",
                        "a.test:81",
                        "X-Forwarded-For",
                        "1.1.1.1",
                        "X-Forwarded-For",
                        "2.2.2.2",
                        "Forwarded",
                        "for=1.1.1.1",
                        "x_real_ip",
                        "1.1.1.1");
        head.identify("id");
        pass(new ForwardedHeaders(), head);

        assertThat(head.headers().getAll("x-forwarded-for")).containsExactly("192.0.2.1");
        assertThat(head.headers().get("x-forwarded-port")).isEqualTo("81");
        assertThat(head.headers().get("x-request-id")).isEqualTo("id");
        assertThat(head.headers().contains("forwarded")).isFalse();
        assertThat(head.headers().contains("x_real_ip")).isFalse();
    }

    private static RequestHead pass(HeadRule rule, RequestHead head) {
        assertThat(rule.apply(head, PEER)).isNull();
        return head;
    }

    private static Rejection refuse(HeadRule rule, RequestHead head) {
        return Objects.requireNonNull(rule.apply(head, PEER));
    }

    private static RequestHead head(String method, String target, String... fields) {
        RequestHead head =
                new RequestHead(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.valueOf(method),
                        target,
                        DefaultHttpHeadersFactory.headersFactory());
        for (int i = 0; i < fields.length; i += 2) {
            head.headers().add(fields[i], fields[i + 1]);
        }
        return head;
    }
}
