package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Question;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.schemas.Json;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hetzner, by the API of its cloud (version 1): that of its old DNS console ended in May 2026. All
 * values of a name are one set; values are added to it and removed from it, so that others stay.
 */
final class Hetzner implements ZoneApi {
    private static final int TTL = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration EVERY = Duration.ofMillis(500);

    private final JsonApi api;
    private final Clockwork clock;

    Hetzner(ProviderHttp http, Credential token, Clockwork clock) {
        this.api = new JsonApi(http, token, Hetzner::said);
        this.clock = clock;
    }

    private record Fault(@Nullable String code, @Nullable String message) {}

    private record Faults(@Nullable Fault error) {}

    private record ZoneItem(long id, @Nullable String name) {}

    private record ZoneList(@Nullable List<ZoneItem> zones) {}

    private record Value(@Nullable String value) {}

    private record Values(List<Value> records) {}

    private record NewValues(List<Value> records, @Nullable Integer ttl) {}

    private record ValueSet(@Nullable List<Value> records) {}

    private record SetHolder(@Nullable ValueSet rrset) {}

    private record Action(long id, @Nullable String status, @Nullable Fault error) {}

    private record ActionHolder(@Nullable Action action) {}

    @Override
    public @Nullable Zone zone(String name) throws DnsException {
        Question question = Question.get("/zones?name=" + ProviderHttp.encoded(name));
        List<ZoneItem> found = api.read(question, ZoneList.class).zones();
        for (ZoneItem item : Objects.requireNonNullElse(found, List.<ZoneItem>of())) {
            if (name.equals(item.name())) {
                return new Zone(Long.toString(item.id()), name);
            }
        }
        return null;
    }

    @Override
    public void add(Entry entry) throws DnsException {
        List<Value> there = values(entry);
        if (there.stream().noneMatch(value -> isValue(value, entry))) {
            // A set that is there keeps its TTL.
            Integer ttl = there.isEmpty() ? TTL : null;
            act(
                    Question.post(
                            set(entry) + "/actions/add_records",
                            new NewValues(List.of(new Value(entry.quoted())), ttl)));
        }
    }

    @Override
    public void remove(Entry entry) throws DnsException {
        List<Value> ours = values(entry).stream().filter(value -> isValue(value, entry)).toList();
        if (!ours.isEmpty()) {
            act(Question.post(set(entry) + "/actions/remove_records", new Values(ours)));
        }
    }

    private static boolean isValue(Value value, Entry entry) {
        return value.value() != null && entry.isValue(value.value());
    }

    private List<Value> values(Entry entry) throws DnsException {
        SetHolder found = api.readIfThere(Question.get(set(entry)), SetHolder.class);
        ValueSet set = found == null ? null : found.rrset();
        return set == null || set.records() == null ? List.of() : set.records();
    }

    private static String set(Entry entry) {
        return "/zones/%s/rrsets/%s/TXT"
                .formatted(
                        ProviderHttp.encoded(entry.zone().id()),
                        ProviderHttp.encoded(entry.relative()));
    }

    /** Has it done, and waits until it is. */
    private void act(Question question) throws DnsException {
        Action action = api.read(question, ActionHolder.class).action();
        Deadline end = Deadline.in(PATIENCE, clock);
        while (action != null && "running".equals(action.status()) && !end.over(clock)) {
            pause();
            Question again = Question.get("/actions/" + action.id());
            action = api.read(again, ActionHolder.class).action();
        }
        if (action == null || !"success".equals(action.status())) {
            throw new DnsException(
                    "Hetzner has not carried out %s: %s"
                            .formatted(
                                    question,
                                    action == null || action.error() == null
                                            ? "it still runs"
                                            : action.error().message()));
        }
    }

    private void pause() throws DnsException {
        try {
            clock.sleep(EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DnsException("Hetzner was not waited for, as the process ends");
        }
    }

    private static String said(String body) {
        Fault fault = Json.read(body, Faults.class).error();
        return fault == null ? "" : fault.message() + " (" + fault.code() + ")";
    }
}
