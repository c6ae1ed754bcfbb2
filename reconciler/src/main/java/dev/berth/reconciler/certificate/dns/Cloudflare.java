package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Question;
import dev.berth.schemas.Json;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Cloudflare (API version 4). Its TXT records have quotes around them since 2024; older have none.
 */
final class Cloudflare implements ZoneApi {
    private static final int TTL = 60;

    private final JsonApi api;

    Cloudflare(ProviderHttp http, Credential token) {
        this.api = new JsonApi(http, token, Cloudflare::said);
    }

    private record Fault(int code, @Nullable String message) {}

    private record Faults(@Nullable List<Fault> errors) {}

    private record ZoneItem(@Nullable String id, @Nullable String name) {}

    private record ZoneList(@Nullable List<ZoneItem> result) {}

    private record RecordItem(@Nullable String id, @Nullable String content) {}

    private record RecordList(@Nullable List<RecordItem> result) {}

    private record NewRecord(String type, String name, String content, int ttl) {}

    @Override
    public @Nullable Zone zone(String name) throws DnsException {
        Question question = Question.get("/zones?name=" + ProviderHttp.encoded(name));
        List<ZoneItem> found = api.read(question, ZoneList.class).result();
        for (ZoneItem item : Objects.requireNonNullElse(found, List.<ZoneItem>of())) {
            if (item.id() != null && name.equals(item.name())) {
                return new Zone(item.id(), name);
            }
        }
        return null;
    }

    @Override
    public void add(Entry entry) throws DnsException {
        if (ids(entry).isEmpty()) {
            api.send(
                    Question.post(
                            records(entry),
                            new NewRecord("TXT", entry.name(), entry.quoted(), TTL)));
        }
    }

    @Override
    public void remove(Entry entry) throws DnsException {
        for (String id : ids(entry)) {
            var _ =
                    api.sendIfThere(
                            Question.delete(records(entry) + "/" + ProviderHttp.encoded(id)));
        }
    }

    /** Of the records with that value. */
    private List<String> ids(Entry entry) throws DnsException {
        Question question =
                Question.get(
                        records(entry)
                                + "?type=TXT&per_page=100&name="
                                + ProviderHttp.encoded(entry.name()));
        List<RecordItem> found = api.read(question, RecordList.class).result();
        return Objects.requireNonNullElse(found, List.<RecordItem>of()).stream()
                .filter(item -> item.content() != null && entry.isValue(item.content()))
                .map(RecordItem::id)
                .filter(Objects::nonNull)
                .toList();
    }

    private static String records(Entry entry) {
        return "/zones/" + ProviderHttp.encoded(entry.zone().id()) + "/dns_records";
    }

    private static String said(String body) {
        List<Fault> errors = Json.read(body, Faults.class).errors();
        return errors == null
                ? ""
                : errors.stream()
                        .map(fault -> fault.message() + " (" + fault.code() + ")")
                        .collect(Collectors.joining(", "));
    }
}
