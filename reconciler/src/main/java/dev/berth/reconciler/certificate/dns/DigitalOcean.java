package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Question;
import dev.berth.schemas.Json;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** DigitalOcean (API version 2). */
final class DigitalOcean implements ZoneApi {
    private static final int TTL = 60;

    private final JsonApi api;

    DigitalOcean(ProviderHttp http, Credential token) {
        this.api = new JsonApi(http, token, DigitalOcean::said);
    }

    private record Fault(@Nullable String message) {}

    private record RecordItem(long id, @Nullable String type, @Nullable String data) {}

    private record RecordList(@Nullable List<RecordItem> domain_records) {}

    private record NewRecord(String type, String name, String data, int ttl) {}

    @Override
    public @Nullable Zone zone(String name) throws DnsException {
        return api.sendIfThere(Question.get("/domains/" + ProviderHttp.encoded(name)))
                ? new Zone(name, name)
                : null;
    }

    @Override
    public void add(Entry entry) throws DnsException {
        if (ids(entry).isEmpty()) {
            api.send(
                    Question.post(
                            records(entry),
                            new NewRecord("TXT", entry.relative(), entry.value(), TTL)));
        }
    }

    @Override
    public void remove(Entry entry) throws DnsException {
        for (long id : ids(entry)) {
            var _ = api.sendIfThere(Question.delete(records(entry) + "/" + id));
        }
    }

    /** Of the records with that value. */
    private List<Long> ids(Entry entry) throws DnsException {
        Question question =
                Question.get(
                        records(entry)
                                + "?type=TXT&per_page=200&name="
                                + ProviderHttp.encoded(entry.name()));
        List<RecordItem> found = api.read(question, RecordList.class).domain_records();
        return Objects.requireNonNullElse(found, List.<RecordItem>of()).stream()
                .filter(item -> item.data() != null && entry.isValue(item.data()))
                .map(RecordItem::id)
                .toList();
    }

    private static String records(Entry entry) {
        return "/domains/" + ProviderHttp.encoded(entry.zone().id()) + "/records";
    }

    private static String said(String body) {
        return Objects.requireNonNullElse(Json.read(body, Fault.class).message(), "");
    }
}
