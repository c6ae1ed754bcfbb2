package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.reconciler.certificate.HostLookup.Caa;
import dev.berth.reconciler.certificate.Preflight.Way;
import dev.berth.reconciler.traffic.EdgeCertificates;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Challenge;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PreflightTest {
    private static final String HERE = "198.51.100.7";
    private static final String THERE = "203.0.113.9";
    private static final Authority.Terms TERMS = new Authority.Terms(Set.of("ca.example"));

    private final Map<String, List<InetAddress>> addresses = new HashMap<>();
    private final Map<String, List<Caa>> caa = new HashMap<>();
    private final Map<String, String> answers = new HashMap<>();
    private final Set<InetAddress> own = new HashSet<>();
    private final List<List<Challenge>> given = new ArrayList<>();
    private boolean edgeIsThere = true;
    private Way way = Way.UNKNOWN;

    private final HostLookup lookup =
            new HostLookup() {
                @Override
                public List<InetAddress> addresses(String host) throws IOException {
                    if (host.startsWith("servfail")) {
                        throw new IOException("DNS does not answer for " + host);
                    }
                    return PreflightTest.this.addresses.getOrDefault(host, List.of());
                }

                @Override
                public List<Caa> caa(String host) {
                    return caa.getOrDefault(host, List.of());
                }
            };

    private final EdgeCertificates edge =
            new EdgeCertificates() {
                @Override
                public void serve(List<Certificate> all) {}

                @Override
                public void serveAlso(List<Certificate> some) {}

                @Override
                public void answer(List<Challenge> all) {
                    given.add(List.copyOf(all));
                }

                @Override
                public boolean awaitServed(Duration deadline) {
                    return edgeIsThere;
                }
            };

    private static InetAddress ip(String text) throws IOException {
        return InetAddress.getByName(text);
    }

    /** {@code null} = it may be ordered. */
    private @Nullable IssuingException check(Wanted.Method method, String... hosts) {
        Preflight preflight =
                new Preflight(
                        lookup,
                        (address, _, token) -> {
                            String answer = answers.get(address.getHostAddress());
                            if (answer == null) {
                                throw new ConnectException("refused");
                            }
                            return answer.equals("edge") ? token : answer;
                        },
                        () -> own,
                        new Random(1));
        Wanted.Ordered wanted =
                new Wanted.Ordered(
                        new TreeSet<>(List.of(hosts)),
                        new Issuer(URI.create("https://ca.example/dir"), null, null, null),
                        method,
                        null,
                        null);
        return catchThrowableOfType(
                IssuingException.class,
                () -> preflight.check(wanted, TERMS, new Answers(edge), way));
    }

    private String why(String... hosts) {
        IssuingException failure = check(Wanted.Method.HTTP_01, hosts);
        return failure == null ? "" : failure.why();
    }

    @Test
    void host_thatTheEdgeAnswersFor_mayBeOrdered_andNothingIsLeftBehind() throws Exception {
        addresses.put("shop.com", List.of(ip(HERE)));
        answers.put(HERE, "edge");

        assertThat(why("shop.com")).isEmpty();
        assertThat(given).hasSize(2);
        assertThat(given.getLast()).isEmpty();
    }

    @Test
    void edge_thatTakesNoAnswer_isToldOfNoneAnyLonger() throws Exception {
        addresses.put("shop.com", List.of(ip(HERE)));
        edgeIsThere = false;

        assertThat(check(Wanted.Method.HTTP_01, "shop.com"))
                .hasMessageContaining("the edge did not take the answer");
        assertThat(given).hasSize(2);
        assertThat(given.getLast()).isEmpty();
    }

    @Test
    void host_pointingToAnother_saysWhereAndWhereThisIs() throws Exception {
        own.add(ip(HERE));
        addresses.put("shop.com", List.of(ip(THERE)));
        answers.put(THERE, "<html>parked</html>");

        assertThat(why("shop.com"))
                .isEqualTo("A record of shop.com points to 203.0.113.9, this host is 198.51.100.7");
        answers.clear();
        assertThat(why("shop.com"))
                .isEqualTo("A record of shop.com points to 203.0.113.9, this host is 198.51.100.7");
    }

    @Test
    void host_withoutAddress_saysSo() {
        assertThat(why("shop.com")).isEqualTo("shop.com has no A or AAAA record");
        assertThat(why("servfail.com"))
                .isEqualTo("servfail.com: DNS does not answer for servfail.com");
    }

    @Test
    void host_rightByIpv4AndWrongByIpv6_isBlocked() throws Exception {
        own.add(ip(HERE));
        addresses.put("shop.com", List.of(ip(HERE), ip("2001:db8::9")));
        answers.put(HERE, "edge");

        assertThat(why("shop.com"))
                .startsWith("AAAA record of shop.com points to 2001:db8:0:0:0:0:0:9")
                .endsWith("authorities try IPv6 first");
    }

    @Test
    void hostBehindNat_thatCantReachItself_isTried_alsoWhenItsOwnerTellsTheAddress()
            throws Exception {
        own.add(ip("192.168.1.10"));
        addresses.put("shop.com", List.of(ip(THERE)));

        assertThat(why("shop.com")).isEmpty();
        way = new Way(List.of(THERE), false);
        assertThat(why("shop.com")).isEmpty();
        way = new Way(List.of(HERE), true);
        assertThat(why("shop.com")).isEmpty();

        answers.put(THERE, "the router's own page");
        assertThat(why("shop.com")).startsWith("port 80 at 203.0.113.9 (A record of shop.com)");
    }

    @Test
    void hostBehindNat_withIpv6OfItsOwn_isTriedByIpv4_andByIpv6OnlyIfThatIsIts() throws Exception {
        own.add(ip("192.168.1.10"));
        own.add(ip("2001:4860::7"));
        addresses.put("shop.com", List.of(ip(THERE)));

        assertThat(why("shop.com")).isEmpty();
        addresses.put("shop.com", List.of(ip("2001:4860::9")));
        assertThat(why("shop.com")).endsWith("this host is 2001:4860:0:0:0:0:0:7");
    }

    @Test
    void address_onACardWhereNothingAnswers_isBlocked() throws Exception {
        own.add(ip(HERE));
        addresses.put("shop.com", List.of(ip(HERE)));

        assertThat(why("shop.com"))
                .startsWith("nothing answers for shop.com at 198.51.100.7, port 80");
    }

    @Test
    void addresses_ofTheOwner_countAsOurs() throws Exception {
        own.add(ip("192.168.1.10"));
        way = new Way(List.of(HERE), false);
        addresses.put("shop.com", List.of(ip(THERE)));

        assertThat(why("shop.com")).endsWith("this host is 198.51.100.7");
        addresses.put("shop.com", List.of(ip(HERE)));
        answers.put(HERE, "HTTP/1.1 404 Not Found");
        assertThat(why("shop.com"))
                .isEqualTo(
                        "port 80 at 198.51.100.7 (A record of shop.com) is not answered by Berth's"
                                + " edge: it said \"HTTP/1.1 404 Not Found\"");
    }

    @Test
    void answer_ofWhatTheInternetDoesNotReach_isNotTold() throws Exception {
        addresses.put("shop.com", List.of(ip("10.0.0.9")));
        answers.put("10.0.0.9", "token=of-an-inner-service");

        assertThat(why("shop.com"))
                .isEqualTo(
                        "port 80 at 10.0.0.9 (A record of shop.com) is not answered by Berth's edge");
    }

    @Test
    void hostBehindProxies_isJudgedByTheAnswerAlone() throws Exception {
        own.add(ip(HERE));
        way = new Way(List.of(), true);
        addresses.put("shop.com", List.of(ip(THERE)));
        answers.put(THERE, "edge");

        assertThat(why("shop.com")).isEmpty();
    }

    @Test
    void hosts_oneWrong_onlyThatIsNamed() throws Exception {
        addresses.put("right.com", List.of(ip(HERE)));
        answers.put(HERE, "edge");

        IssuingException failure =
                Objects.requireNonNull(check(Wanted.Method.HTTP_01, "right.com", "wrong.com"));

        assertThat(failure.hosts()).containsOnlyKeys("wrong.com");
        assertThat(failure.kind()).isEqualTo(Setback.Kind.NOT_POINTING);
    }

    @Test
    void caa_ofAnother_forbids_andSaysWhatToAdd() {
        caa.put("shop.com", List.of(new Caa("shop.com", false, "issue", "other.example")));

        IssuingException failure = Objects.requireNonNull(check(Wanted.Method.DNS_01, "shop.com"));

        assertThat(failure)
                .hasMessage(
                        "the CAA record of shop.com lets only \"other.example\" issue for shop.com;"
                                + " add one with issue \"ca.example\"");
        assertThat(failure.kind()).isEqualTo(Setback.Kind.CAA);
    }

    @Test
    void caa_withParameters_isReadAsTheAuthorityDoes() {
        caa.put(
                "shop.com",
                List.of(
                        new Caa("shop.com", false, "iodef", "mailto:a@shop.com"),
                        new Caa(
                                "shop.com",
                                false,
                                "issue",
                                "ca.example; validationmethods=http-01")));

        assertThat(check(Wanted.Method.DNS_01, "shop.com")).isNotNull();
        caa.put(
                "shop.com",
                List.of(
                        new Caa(
                                "shop.com",
                                false,
                                "issue",
                                "CA.example; validationmethods=dns-01,http-01")));
        assertThat(check(Wanted.Method.DNS_01, "shop.com")).isNull();
    }

    @Test
    void caa_forWildcards_countsForWildcardsOnly() {
        caa.put(
                "shop.com",
                List.of(
                        new Caa("shop.com", false, "issue", "ca.example"),
                        new Caa("shop.com", false, "issuewild", ";")));

        assertThat(check(Wanted.Method.DNS_01, "*.shop.com")).hasMessageContaining("lets only");
        assertThat(check(Wanted.Method.DNS_01, "shop.com")).isNull();
    }
}
