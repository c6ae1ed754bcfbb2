package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Answer;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Question;
import dev.berth.schemas.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** DigitalOcean (API version 2). */
final class DigitalOcean implements ZoneApi {
    private static final int TTL = 60;

    private final ProviderHttp http;
    private final Credential token;

    DigitalOcean(ProviderHttp http, Credential token) {
        this.http = http;
        this.token = token;
    }

    private record Fault(@Nullable String message) {}

    private record RecordItem(long id, @Nullable String type, @Nullable String data) {}

    private record RecordList(@Nullable List<RecordItem> domain_records) {}

    private record NewRecord(String type, String name, String data, int ttl) {}

    @Override
    public @Nullable Zone zone(String name) throws DnsException {
        Question question = Question.get("/domains/" + ProviderHttp.encoded(name));
        Answer answer = http.ask(question, fields());
        if (answer.status() == 404) {
            return null;
        }
        var _ = checked(question, answer);
        return new Zone(name, name);
    }

    @Override
    public void add(Entry entry) throws DnsException {
        if (ids(entry).isEmpty()) {
            Question question =
                    Question.post(
                            records(entry),
                            new NewRecord("TXT", entry.relative(), entry.value(), TTL));
            var _ = checked(question, http.ask(question, fields()));
        }
    }

    @Override
    public void remove(Entry entry) throws DnsException {
        for (long id : ids(entry)) {
            Question question = Question.delete(records(entry) + "/" + id);
            Answer answer = http.ask(question, fields());
            if (answer.status() != 404) {
                var _ = checked(question, answer);
            }
        }
    }

    /** Of the records with that value. */
    private List<Long> ids(Entry entry) throws DnsException {
        Question question =
                Question.get(
                        records(entry)
                                + "?type=TXT&per_page=200&name="
                                + ProviderHttp.encoded(entry.name()));
        Answer answer = checked(question, http.ask(question, fields()));
        List<RecordItem> found = http.read(question, answer, RecordList.class).domain_records();
        return Objects.requireNonNullElse(found, List.<RecordItem>of()).stream()
                .filter(item -> item.data() != null && entry.isValue(item.data()))
                .map(RecordItem::id)
                .toList();
    }

    private static String records(Entry entry) {
        return "/domains/" + ProviderHttp.encoded(entry.zone().id()) + "/records";
    }

    private Answer checked(Question question, Answer answer) throws DnsException {
        if (!answer.ok()) {
            throw http.refused(question, answer, said(answer));
        }
        return answer;
    }

    private Map<String, String> fields() throws DnsException {
        return Map.of("Authorization", "Bearer " + token.reveal());
    }

    private static String said(Answer answer) {
        try {
            return Objects.requireNonNullElse(Json.read(answer.body(), Fault.class).message(), "");
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
