package dev.berth.reconciler.webhook;

import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.webhook.DeliveryBook.Entry;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Instance.ForgeType;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Delivery;
import dev.berth.schemas.status.Delivery.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes deliveries. The way of one:
 *
 * <ol>
 *   <li>its header fields say what sent it, and what it is signed with;
 *   <li>its body is read, and hashed on the way with the secret of each forge of that type;
 *   <li>only when one of them fits is it looked into, for the repo and the pull request;
 *   <li>a repo of that forge which config names is looked at, by the URL that config has.
 * </ol>
 *
 * <p>Waits for nothing but the body. Thread-safe.
 */
public final class WebhookInbox {
    /** A longer body is not read. */
    public static final long MOST_BYTES = Body.MOST;

    /** What bodies may take of the memory at a time. */
    private static final long ROOM = 3 * Body.MOST;

    private final Supplier<Subscriptions> subscriptions;
    private final Function<SecretRef, @Nullable Secret> secrets;
    private final DeliveryBook book;
    private final Hints hints;
    private final InstantSource clock;
    private final Body.Room room = new Body.Room(ROOM);

    /**
     * @param subscriptions asked with each delivery; must not block
     * @param secrets the value that counts now; {@code null} when none does
     */
    public WebhookInbox(
            Supplier<Subscriptions> subscriptions,
            Function<SecretRef, @Nullable Secret> secrets,
            DeliveryBook book,
            Hints hints,
            InstantSource clock) {
        this.subscriptions = subscriptions;
        this.secrets = secrets;
        this.book = book;
        this.hints = hints;
        this.clock = clock;
    }

    /**
     * Who is told. Called from any thread, once for each repo that is meant; must not block.
     *
     * @param repos told of pushes
     * @param pulls told of pull requests
     */
    public record Hints(Consumer<RepoHint> repos, Consumer<PullHint> pulls) {}

    /**
     * Takes a delivery.
     *
     * @param body read at most once, to its end unless it is refused before; stays the caller's to
     *     close
     * @param length as the sender says; less than 0 = it does not
     * @throws IOException if the body can't be read; nothing is kept of it then
     */
    public Receipt receive(Headers headers, InputStream body, long length) throws IOException {
        Dialect dialect = Dialect.of(headers);
        if (length > MOST_BYTES) {
            return tooLarge(dialect);
        }
        Subscriptions known = subscriptions.get();
        List<ForgeSecret> forges = forges(dialect, known);
        Proof proof = dialect.proof(headers, clock.instant());
        SignatureCheck check = new SignatureCheck(proof, forges);
        if (check.isHopeless()) {
            return unsigned(dialect, proof, forges);
        }
        try (Body held = Body.in(room)) {
            return switch (held.read(body, check)) {
                case TOO_LARGE -> tooLarge(dialect);
                case NO_ROOM -> {
                    book.note(Entry.refused(dialect.word(), Outcome.Busy, "too much came at once"));
                    yield new Receipt.Busy();
                }
                case WHOLE -> {
                    List<ForgeSecret> senders = check.fitting();
                    yield senders.isEmpty()
                            ? unsigned(dialect, proof, forges)
                            : signed(dialect, headers, held.stream(), senders, known.repos());
                }
            };
        }
    }

    private Receipt tooLarge(Dialect dialect) {
        book.note(
                Entry.refused(
                        dialect.word(),
                        Outcome.TooLarge,
                        "its body is longer than %d MiB".formatted(MOST_BYTES >> 20)));
        return new Receipt.TooLarge();
    }

    private Receipt unsigned(Dialect dialect, Proof proof, List<ForgeSecret> forges) {
        String why =
                proof instanceof Proof.Absent(String cause)
                        ? cause
                        : forges.isEmpty()
                                ? "spec.forges of the Instance has no forge of type %s with a webhook secret"
                                        .formatted(dialect.word())
                                : "it fits the secret of none of: %s"
                                        .formatted(
                                                forges.stream()
                                                        .map(ForgeSecret::host)
                                                        .collect(Collectors.joining(", ")));
        book.note(Entry.refused(dialect.word(), Outcome.BadSignature, why));
        return new Receipt.Unsigned();
    }

    private List<ForgeSecret> forges(Dialect dialect, Subscriptions known) {
        Set<ForgeType> senders = dialect.senders();
        List<ForgeSecret> forges = new ArrayList<>();
        for (Instance.Forge forge : known.forges()) {
            EnvValue.FromSecret from = forge.webhook();
            ForgeType type = forge.kind();
            Secret secret =
                    from == null ? null : secrets.apply(new SecretRef(from.secret(), from.key()));
            if (type != null && secret != null && senders.contains(type)) {
                forges.add(new ForgeSecret(forge.host(), type, secret));
            }
        }
        return forges;
    }

    private Receipt signed(
            Dialect dialect,
            Headers headers,
            InputStream body,
            List<ForgeSecret> senders,
            List<Subscriptions.Repo> repos) {
        ForgeSecret sender = senders.getFirst();
        Notice notice;
        try {
            notice = Notice.read(dialect, headers, body);
        } catch (JsonFields.NoJsonException e) {
            String why = "its body is no JSON: choose application/json as its content type";
            book.note(
                    Entry.of(dialect, sender.host(), Notice.shown(dialect.delivery(headers)))
                            .came(Outcome.Unreadable, why));
            return new Receipt.Unreadable(why);
        }
        String delivery = Notice.shown(dialect.delivery(headers));
        Entry entry =
                Entry.of(dialect, sender.host(), delivery == null ? notice.delivery() : delivery)
                        .about(notice, notice.repo(sender.type()));
        return switch (notice.kind()) {
            case PING -> {
                book.note(entry.came(Outcome.Ping, null));
                yield new Receipt.Pong();
            }
            case PUSH, PULL -> hint(notice, entry, meant(notice, senders, repos));
            case OTHER ->
                    accepted(
                            entry.came(
                                    Outcome.Ignored,
                                    "only pushes and pull requests concern Berth"));
        };
    }

    /** The repos that a notice is about, of those that config names. */
    private static List<Subscriptions.Repo> meant(
            Notice notice, List<ForgeSecret> senders, List<Subscriptions.Repo> repos) {
        List<Subscriptions.Repo> meant = new ArrayList<>();
        Set<RepoAddress> addresses = new HashSet<>();
        for (ForgeSecret sender : senders) {
            addresses.clear();
            addresses.addAll(notice.addresses(sender));
            for (Subscriptions.Repo repo : repos) {
                RepoAddress address = RepoAddress.of(repo.url(), sender.type());
                if (address != null && addresses.contains(address) && !meant.contains(repo)) {
                    meant.add(repo);
                }
            }
        }
        return meant;
    }

    private Receipt hint(Notice notice, Entry entry, List<Subscriptions.Repo> meant) {
        Integer number = notice.number();
        if (meant.isEmpty()) {
            book.note(
                    entry.came(
                            Outcome.Unnamed,
                            "neither an app nor the config repo is there, as far as documents say"));
            return new Receipt.Unnamed();
        }
        if (notice.kind() == Notice.Kind.PULL && number == null) {
            String why = "it says nothing of the number of the pull request";
            book.note(entry.came(Outcome.Unreadable, why));
            return new Receipt.Unreadable(why);
        }
        SortedSet<ResourceId> owners = new TreeSet<>();
        meant.forEach(repo -> owners.addAll(repo.owners()));
        Receipt receipt = accepted(entry.matching(owners).came(Outcome.Woke, null));
        for (Subscriptions.Repo repo : meant) {
            if (notice.kind() == Notice.Kind.PULL && number != null) {
                hints.pulls().accept(new PullHint(repo.url(), number, notice.action()));
            } else {
                hints.repos().accept(new RepoHint(repo.url(), repo.config()));
            }
        }
        return receipt;
    }

    private Receipt accepted(Entry entry) {
        Delivery noted = book.note(entry);
        return new Receipt.Accepted(noted.id(), noted.times() > 1);
    }
}
