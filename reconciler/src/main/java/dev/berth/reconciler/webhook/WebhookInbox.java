package dev.berth.reconciler.webhook;

import dev.berth.reconciler.clockwork.Clockwork;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
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
 * <p>Waits for nothing but the body, and for that not long. Thread-safe.
 */
public final class WebhookInbox {
    /** A longer body is not read. */
    public static final long MOST_BYTES = Body.MOST;

    /** What bodies may take of the memory at a time. */
    private static final long ROOM = 3 * Body.MOST;

    private final Supplier<@Nullable Subscriptions> subscriptions;
    private final Function<SecretRef, @Nullable Secret> secrets;
    private final DeliveryBook book;
    private final Hints hints;
    private final Clockwork clock;
    private final Body.Room room = new Body.Room(ROOM);
    private final SeenBodies seen = new SeenBodies();

    /**
     * @param subscriptions asked with each delivery; {@code null} until config was read; must not
     *     block
     * @param secrets the value that counts now; {@code null} when none does
     */
    public WebhookInbox(
            Supplier<@Nullable Subscriptions> subscriptions,
            Function<SecretRef, @Nullable Secret> secrets,
            DeliveryBook book,
            Hints hints,
            Clockwork clock) {
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
        if (known == null) {
            refuse(dialect, Outcome.Busy, "config was not read yet");
            return new Receipt.NotReady();
        }
        List<Instance.Forge> declared = declared(dialect, known);
        List<ForgeSecret> forges = withSecrets(declared);
        Proof proof = dialect.proof(headers, clock.instant());
        SignatureCheck check = new SignatureCheck(proof, forges);
        if (check.isHopeless()) {
            return unsigned(dialect, proof, declared, forges);
        }
        try (Body held = Body.in(room)) {
            return switch (held.read(body, check, clock::nanos)) {
                case TOO_LARGE -> tooLarge(dialect);
                case TOO_SLOW -> {
                    refuse(
                            dialect,
                            Outcome.TooSlow,
                            "its body did not come within %d s".formatted(Body.WITHIN.toSeconds()));
                    yield new Receipt.TooSlow();
                }
                case NO_ROOM -> {
                    refuse(dialect, Outcome.Busy, "too much came at once");
                    yield new Receipt.Busy();
                }
                case WHOLE -> {
                    List<ForgeSecret> senders = check.fitting();
                    yield senders.isEmpty()
                            ? unsigned(dialect, proof, declared, forges)
                            : signed(dialect, headers, held, senders, known.repos());
                }
            };
        }
    }

    private Receipt tooLarge(Dialect dialect) {
        refuse(
                dialect,
                Outcome.TooLarge,
                "its body is longer than %d MiB".formatted(MOST_BYTES >> 20));
        return new Receipt.TooLarge();
    }

    private Receipt unsigned(
            Dialect dialect, Proof proof, List<Instance.Forge> declared, List<ForgeSecret> forges) {
        refuse(
                dialect,
                Outcome.BadSignature,
                proof instanceof Proof.Absent(String cause)
                        ? cause
                        : misfit(dialect, declared, forges));
        return new Receipt.Unsigned();
    }

    private static String misfit(
            Dialect dialect, List<Instance.Forge> declared, List<ForgeSecret> forges) {
        Set<String> hosts = forges.stream().map(ForgeSecret::host).collect(Collectors.toSet());
        String valueless =
                declared.stream()
                        .filter(forge -> !hosts.contains(forge.host()))
                        .map(WebhookInbox::valueless)
                        .collect(Collectors.joining("; "));
        if (hosts.isEmpty()) {
            return valueless.isEmpty()
                    ? "spec.forges of the Instance has no forge of type %s with a webhook secret"
                            .formatted(dialect.word())
                    : valueless;
        }
        String misfit =
                "it fits the secret of none of: %s"
                        .formatted(
                                forges.stream()
                                        .map(ForgeSecret::host)
                                        .collect(Collectors.joining(", ")));
        return valueless.isEmpty() ? misfit : misfit + "; " + valueless;
    }

    private static String valueless(Instance.Forge forge) {
        return "the webhook secret of %s has no value now: look at %s"
                .formatted(forge.host(), forge.webhook() == null ? "" : ref(forge.webhook()));
    }

    private void refuse(Dialect dialect, Outcome outcome, String why) {
        book.note(Entry.refused(dialect.word(), outcome, why));
    }

    /** Forges that may have sent it, if they know their secret. */
    private static List<Instance.Forge> declared(Dialect dialect, Subscriptions known) {
        Set<ForgeType> senders = dialect.senders();
        return known.forges().stream()
                .filter(forge -> forge.webhook() != null && forge.kind() != null)
                .filter(forge -> senders.contains(forge.kind()))
                .toList();
    }

    private List<ForgeSecret> withSecrets(List<Instance.Forge> declared) {
        List<ForgeSecret> forges = new ArrayList<>();
        for (Instance.Forge forge : declared) {
            EnvValue.FromSecret from = forge.webhook();
            ForgeType type = forge.kind();
            Secret secret = from == null ? null : secrets.apply(ref(from));
            if (type != null && secret != null) {
                ForgeSecret own = new ForgeSecret(forge.host(), type, secret);
                if (own.secret().bytes().length > 0) {
                    forges.add(own);
                }
            }
        }
        return forges;
    }

    private static SecretRef ref(EnvValue.FromSecret from) {
        return new SecretRef(from.secret(), from.key());
    }

    private Receipt signed(
            Dialect dialect,
            Headers headers,
            Body body,
            List<ForgeSecret> senders,
            List<Subscriptions.Repo> repos) {
        ForgeSecret sender = senders.getFirst();
        Notice notice;
        try {
            notice = Notice.read(dialect, headers, body.stream());
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
            case PUSH, PULL ->
                    hint(
                            notice,
                            entry,
                            meant(notice, senders, repos),
                            () -> dialect.datesBodies() && seen.again(body.stream()));
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

    /** What comes again is a reason to look, but says nothing of how it stands now. */
    private Receipt hint(
            Notice notice, Entry entry, List<Subscriptions.Repo> meant, BooleanSupplier sameBody) {
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
        Receipt.Accepted receipt = accepted(entry.matching(owners).came(Outcome.Woke, null));
        PullHint.Action action =
                notice.kind() == Notice.Kind.PULL
                                && (sameBody.getAsBoolean() || receipt.coalesced())
                        ? PullHint.Action.CHANGED
                        : notice.action();
        for (Subscriptions.Repo repo : meant) {
            if (notice.kind() == Notice.Kind.PULL && number != null) {
                hints.pulls().accept(new PullHint(repo.url(), number, action, notice.at()));
            } else {
                hints.repos().accept(new RepoHint(repo.url(), repo.config()));
            }
        }
        return receipt;
    }

    private Receipt.Accepted accepted(Entry entry) {
        Delivery noted = book.note(entry);
        return new Receipt.Accepted(noted.id(), noted.times() > 1);
    }
}
