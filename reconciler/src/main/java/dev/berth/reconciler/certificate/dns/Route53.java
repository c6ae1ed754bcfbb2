package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Answer;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Question;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * Amazon Route 53 (API of 2013-04-01). All values of a name are one set that is written as a whole,
 * so one change is made at a time. A change counts once all of its servers have it. Thread-safe.
 */
final class Route53 implements ZoneApi {
    private static final String API = "/2013-04-01";
    private static final long TTL = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration EVERY = Duration.ofSeconds(2);

    /** What it says when it only wants to be asked later. */
    private static final Set<String> LATER =
            Set.of("Throttling", "ThrottlingException", "PriorRequestNotComplete");

    private final ProviderHttp http;
    private final AwsSignature signature;
    private final Credential secret;
    private final Clockwork clock;
    private final Object lock = new Object();

    Route53(ProviderHttp http, String keyId, Credential secret, Clockwork clock) {
        this.http = http;
        this.signature = new AwsSignature(keyId, "us-east-1", "route53");
        this.secret = secret;
        this.clock = clock;
    }

    /**
     * The TXT records of a name.
     *
     * @param values as they stand in zone files
     */
    private record ValueSet(long ttl, List<String> values) {}

    @Override
    public @Nullable Zone zone(String name) throws DnsException {
        Question question =
                Question.get(
                        API
                                + "/hostedzonesbyname?dnsname="
                                + ProviderHttp.encoded(name)
                                + "&maxitems=10");
        for (Map<String, List<String>> zone : read(question, ask(question), "HostedZone")) {
            if (first(zone, "Name").equals(name + ".")
                    && !first(zone, "PrivateZone").equals("true")) {
                String id = first(zone, "Id");
                return new Zone(id.substring(id.lastIndexOf('/') + 1), name);
            }
        }
        return null;
    }

    @Override
    public void add(Entry entry) throws DnsException {
        synchronized (lock) {
            ValueSet set = values(entry);
            if (set.values().stream().noneMatch(entry::isValue)) {
                List<String> more = new ArrayList<>(set.values());
                more.add(entry.quoted());
                change("UPSERT", entry, new ValueSet(set.ttl(), more));
            }
        }
    }

    @Override
    public void remove(Entry entry) throws DnsException {
        synchronized (lock) {
            ValueSet set = values(entry);
            List<String> rest = set.values().stream().filter(v -> !entry.isValue(v)).toList();
            if (rest.size() == set.values().size()) {
                return;
            }
            if (rest.isEmpty()) {
                change("DELETE", entry, set);
            } else {
                change("UPSERT", entry, new ValueSet(set.ttl(), rest));
            }
        }
    }

    private ValueSet values(Entry entry) throws DnsException {
        Question question =
                Question.get(
                        "%s/hostedzone/%s/rrset?name=%s&type=TXT&maxitems=1"
                                .formatted(
                                        API,
                                        ProviderHttp.encoded(entry.zone().id()),
                                        ProviderHttp.encoded(entry.name() + ".")));
        Answer answer = ask(question);
        for (Map<String, List<String>> set : read(question, answer, "ResourceRecordSet")) {
            if (first(set, "Name").equals(entry.name() + ".") && first(set, "Type").equals("TXT")) {
                String ttl = first(set, "TTL");
                if (!ttl.matches("[0-9]{1,10}")) {
                    throw http.unreadable(question, answer);
                }
                return new ValueSet(Long.parseLong(ttl), set.getOrDefault("Value", List.of()));
            }
        }
        return new ValueSet(TTL, List.of());
    }

    private void change(String action, Entry entry, ValueSet set) throws DnsException {
        String values =
                set.values().stream()
                        .map(v -> "<ResourceRecord><Value>" + xml(v) + "</Value></ResourceRecord>")
                        .collect(Collectors.joining());
        Question question =
                Question.postXml(
                        "%s/hostedzone/%s/rrset/"
                                .formatted(API, ProviderHttp.encoded(entry.zone().id())),
                        """
                        <?xml version="1.0" encoding="UTF-8"?>
                        <ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">\
                        <ChangeBatch><Changes><Change><Action>%s</Action><ResourceRecordSet>\
                        <Name>%s.</Name><Type>TXT</Type><TTL>%d</TTL>\
                        <ResourceRecords>%s</ResourceRecords>\
                        </ResourceRecordSet></Change></Changes></ChangeBatch>\
                        </ChangeResourceRecordSetsRequest>
                        """
                                .formatted(action, xml(entry.name()), set.ttl(), values));
        Answer answer = ask(question);
        await(question, answer);
    }

    /** Returns once the change is everywhere. */
    private void await(Question question, Answer answer) throws DnsException {
        Deadline end = Deadline.in(PATIENCE, clock);
        Map<String, List<String>> change = only(question, answer, "ChangeInfo");
        while (!first(change, "Status").equals("INSYNC")) {
            if (end.over(clock)) {
                throw new DnsException(
                        "Route 53 has not told all of its servers within %d s"
                                .formatted(PATIENCE.toSeconds()));
            }
            pause();
            String id = first(change, "Id");
            Question again =
                    Question.get(
                            API
                                    + "/change/"
                                    + ProviderHttp.encoded(id.substring(id.lastIndexOf('/') + 1)));
            change = only(again, ask(again), "ChangeInfo");
        }
    }

    private void pause() throws DnsException {
        try {
            clock.sleep(EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DnsException("Route 53 was not waited for, as the process ends");
        }
    }

    private Answer ask(Question question) throws DnsException {
        String body = question.body() == null ? "" : question.body();
        Answer answer =
                http.ask(
                        question,
                        signature.fields(
                                secret.reveal(),
                                question.method(),
                                http.uri(question),
                                body,
                                clock.instant()));
        if (!answer.ok()) {
            throw refused(question, answer);
        }
        return answer;
    }

    private DnsException refused(Question question, Answer answer) {
        String code = "";
        String said = "";
        try {
            for (Map<String, List<String>> error : XmlRecords.of(answer.body(), "Error")) {
                code = first(error, "Code");
                said = "%s (%s)".formatted(first(error, "Message"), code);
            }
        } catch (XMLStreamException e) {
            // the status says enough
        }
        DnsException refused = http.refused(question, answer, said);
        return LATER.contains(code)
                ? new DnsException(
                        String.valueOf(refused.getMessage()), false, refused.retryAfter())
                : refused;
    }

    private Map<String, List<String>> only(Question question, Answer answer, String element)
            throws DnsException {
        List<Map<String, List<String>>> found = read(question, answer, element);
        if (found.size() != 1) {
            throw http.unreadable(question, answer);
        }
        return found.getFirst();
    }

    private List<Map<String, List<String>>> read(Question question, Answer answer, String element)
            throws DnsException {
        try {
            return XmlRecords.of(answer.body(), element);
        } catch (XMLStreamException e) {
            throw http.unreadable(question, answer);
        }
    }

    private static String first(Map<String, List<String>> element, String name) {
        List<String> texts = element.getOrDefault(name, List.of());
        return texts.isEmpty() ? "" : texts.getFirst();
    }

    private static String xml(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
