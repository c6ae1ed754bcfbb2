package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;

class Route53Test extends ProviderContract {
    private static final String KEY_ID = "AKIDEXAMPLEAKIDEXAMPLE";

    @Override
    FakeApi fake() {
        return new Fake();
    }

    @Override
    ZoneApi adapter(ProviderHttp http, Credential secret) {
        return new Route53(http, KEY_ID, secret, new HurriedClock());
    }

    @Override
    String path() {
        return "";
    }

    @Override
    String kept(String value) {
        return '"' + value + '"';
    }

    @Test
    void answer_withADocumentType_isNotRead() {
        String xml = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a><b>&x;</b></a>";

        assertThatThrownBy(() -> XmlRecords.of(xml, "a")).isInstanceOf(XMLStreamException.class);
    }

    private static final class Fake extends FakeApi {
        @Override
        boolean knows(HttpExchange exchange, String body) {
            String time = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Date"));
            Instant then =
                    Instant.parse(
                            time.replaceFirst(
                                    "(....)(..)(..)T(..)(..)(..)Z", "$1-$2-$3T$4:$5:$6Z"));
            String target =
                    "http://"
                            + exchange.getRequestHeaders().getFirst("Host")
                            + exchange.getRequestURI();
            Map<String, String> fields =
                    new AwsSignature(KEY_ID, "us-east-1", "route53")
                            .fields(
                                    TOKEN,
                                    exchange.getRequestMethod(),
                                    URI.create(target),
                                    body,
                                    then);
            return Objects.equals(
                    fields.get("Authorization"),
                    exchange.getRequestHeaders().getFirst("Authorization"));
        }

        @Override
        Reply stranger() {
            return Reply.of(
                    403,
                    "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code>"
                            + "<Message>does not match</Message></Error></ErrorResponse>");
        }

        @Override
        Reply answer(Asked asked) {
            List<String> path = asked.path();
            assertThat(path.getFirst()).isEqualTo("2013-04-01");
            return switch (path.get(1)) {
                case "hostedzonesbyname" -> zones(asked.query().getOrDefault("dnsname", ""));
                case "change" -> change("INSYNC");
                default -> {
                    if (asked.method().equals("GET")) {
                        yield sets(asked.query().getOrDefault("name", ""));
                    }
                    written = path.get(2).substring(1).replace('-', '.');
                    yield changed(asked.body());
                }
            };
        }

        /** From that name on, in their order; one that is private comes first. */
        private Reply zones(String from) {
            return Reply.of(
                    200,
                    "<?xml version=\"1.0\"?><ListHostedZonesByNameResponse><HostedZones>"
                            + zone("Zprivate", from, true)
                            + zones.tailSet(from).stream()
                                    .map(n -> zone("Z" + n.replace('.', '-'), n, false))
                                    .collect(Collectors.joining())
                            + "</HostedZones></ListHostedZonesByNameResponse>");
        }

        private static String zone(String id, String name, boolean hidden) {
            return "<HostedZone><Id>/hostedzone/%s</Id><Name>%s.</Name><Config><PrivateZone>%s</PrivateZone></Config></HostedZone>"
                    .formatted(id, name, hidden);
        }

        private Reply sets(String fqdn) {
            String name = fqdn.substring(0, fqdn.length() - 1);
            SortedSet<String> values = texts(name);
            String set =
                    values.isEmpty()
                            ? set("zzz." + fqdn, new TreeSet<>(List.of("\"next\"")))
                            : set(fqdn, values);
            return Reply.of(
                    200,
                    "<ListResourceRecordSetsResponse><ResourceRecordSets>"
                            + set
                            + "</ResourceRecordSets></ListResourceRecordSetsResponse>");
        }

        private static String set(String fqdn, SortedSet<String> values) {
            return "<ResourceRecordSet><Name>%s</Name><Type>TXT</Type><TTL>300</TTL><ResourceRecords>%s</ResourceRecords></ResourceRecordSet>"
                    .formatted(
                            fqdn,
                            values.stream()
                                    .map(
                                            v ->
                                                    "<ResourceRecord><Value>"
                                                            + v
                                                            + "</Value></ResourceRecord>")
                                    .collect(Collectors.joining()));
        }

        private Reply changed(String body) {
            try {
                Map<String, List<String>> change = XmlRecords.of(body, "Change").getFirst();
                String fqdn = change.getOrDefault("Name", List.of("")).getFirst();
                String name = fqdn.substring(0, fqdn.length() - 1);
                List<String> values = change.getOrDefault("Value", List.of());
                switch (change.getOrDefault("Action", List.of("")).getFirst()) {
                    case "UPSERT" -> {
                        texts(name).clear();
                        texts(name).addAll(values);
                    }
                    case "DELETE" -> {
                        // Just this set, or nothing is done.
                        assertThat(change.get("TTL")).containsExactly("300");
                        assertThat(texts(name)).containsExactlyElementsOf(values);
                        texts(name).clear();
                    }
                    default -> throw new AssertionError(body);
                }
                return change("PENDING");
            } catch (XMLStreamException e) {
                throw new AssertionError(body, e);
            }
        }

        private static Reply change(String status) {
            return Reply.of(
                    200,
                    "<ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C1</Id><Status>%s</Status></ChangeInfo></ChangeResourceRecordSetsResponse>"
                            .formatted(status));
        }
    }
}
