package dev.berth.reconciler.certificate.acme;

import dev.berth.reconciler.certificate.Authority;
import dev.berth.reconciler.certificate.IssuingException;
import dev.berth.reconciler.certificate.Setback.Kind;
import dev.berth.reconciler.notify.OutOfReachException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeNotSupportedException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.exception.AcmeUserActionRequiredException;

/** What an authority's errors mean (RFC 8555 section 6.7), and what people can do. */
final class Refusals {
    private static final String TYPE = "urn:ietf:params:acme:error:";
    private static final Duration TIME_WITHIN = Duration.ofSeconds(5);
    private static final int LONGEST = 400;

    private final URI directory;
    private final InstantSource clock;

    Refusals(URI directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    static boolean isOf(AcmeServerException e, String type) {
        return e.getType().toString().equals(TYPE + type);
    }

    /**
     * What an error means.
     *
     * @param session asked for the time there; {@code null} = it is not asked
     */
    IssuingException of(Exception thrown, @Nullable Session session) {
        Exception e =
                thrown instanceof AcmeLazyLoadingException
                                && thrown.getCause() instanceof AcmeException cause
                        ? cause
                        : thrown;
        return switch (e) {
            case IssuingException known -> known;
            case UncheckedIOException forbidden
                    when forbidden.getCause() instanceof OutOfReachException out ->
                    outOfReach(out);
            case AcmeRateLimitedException limited ->
                    new IssuingException(
                            Kind.RATE_LIMITED,
                            "%s: %s".formatted(name(), said(limited.getProblem())),
                            limited.getRetryAfter().orElse(null));
            case AcmeUserActionRequiredException action ->
                    new IssuingException(
                            Kind.REFUSED,
                            "%s wants its terms agreed to by hand: %s"
                                    .formatted(name(), said(action.getProblem())));
            case AcmeServerException server -> of(server.getProblem(), session);
            case AcmeNetworkException network
                    when cause(network) instanceof OutOfReachException out ->
                    outOfReach(out);
            case AcmeNetworkException network ->
                    new IssuingException(
                            Kind.UNREACHABLE,
                            "%s does not answer (%s)".formatted(name(), rootOf(network))
                                    + clockNote(session));
            case AcmeNotSupportedException unknown ->
                    new IssuingException(
                            Kind.REFUSED,
                            "%s has no such thing: %s".formatted(name(), text(unknown)));
            case AcmeException other ->
                    new IssuingException(
                            Kind.UNREACHABLE,
                            "%s: %s".formatted(name(), text(other)) + clockNote(session));
            // It quotes what answered, which may be a server that is none of the user's.
            case AcmeProtocolException _ ->
                    new IssuingException(
                            Kind.UNREACHABLE,
                            "%s does not answer as an authority does (ACME, RFC 8555)"
                                    .formatted(name()));
            default -> new IssuingException(Kind.INTERNAL, "%s: %s".formatted(name(), text(e)));
        };
    }

    /** What a problem means, of an order or of a request. */
    IssuingException of(Problem problem, @Nullable Session session) {
        String type = problem.getType().toString();
        String short_ = type.startsWith(TYPE) ? type.substring(TYPE.length()) : type;
        SortedMap<String, String> hosts = new TreeMap<>();
        problem.getSubProblems()
                .forEach(
                        sub ->
                                sub.getIdentifier()
                                        .ifPresent(
                                                id ->
                                                        hosts.put(
                                                                id.getDomain(),
                                                                "%s: %s"
                                                                        .formatted(
                                                                                id.getDomain(),
                                                                                said(sub)))));
        Kind kind =
                switch (short_) {
                    case "badNonce" -> Kind.BAD_NONCE;
                    case "serverInternal" -> Kind.UNREACHABLE;
                    case "rateLimited" -> Kind.RATE_LIMITED;
                    case "caa" -> Kind.CAA;
                    case "connection", "dns", "incorrectResponse", "tls" -> Kind.VALIDATION;
                    case "orderNotReady" -> Kind.PROCESSING;
                    default -> hosts.isEmpty() ? Kind.REFUSED : Kind.VALIDATION;
                };
        return hosts.isEmpty()
                ? new IssuingException(
                        kind, "%s: %s".formatted(name(), said(problem)) + clockNote(session))
                : IssuingException.of(kind, hosts);
    }

    /** Words of the authority, on one line and not without end. */
    static String said(Problem problem) {
        String text =
                problem.getDetail()
                        .or(problem::getTitle)
                        .orElseGet(() -> problem.getType().toString())
                        .replaceAll("\\s+", " ")
                        .strip();
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    private IssuingException outOfReach(OutOfReachException e) {
        return new IssuingException(Kind.UNREACHABLE, "%s: %s".formatted(name(), text(e)));
    }

    private static Throwable cause(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private String name() {
        return directory.getHost() == null ? directory.toString() : directory.getHost();
    }

    private static String text(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** The library wraps, and the JDK says little of what is refused. */
    private static String rootOf(Throwable e) {
        String said = text(e);
        for (Throwable each = e; each != null; each = each.getCause()) {
            switch (each) {
                case HttpTimeoutException _ -> {
                    return "no answer in time";
                }
                case UnresolvedAddressException _ -> {
                    return "its name can't be resolved";
                }
                case ProtocolException _ -> {
                    return "what answers is no HTTP server";
                }
                case ConnectException refused when refused.getMessage() == null -> said = "refused";
                default -> said = each.getMessage() == null ? said : each.getMessage();
            }
        }
        return said;
    }

    /** A clock that is wrong explains what no message of the authority does. */
    private String clockNote(@Nullable Session session) {
        if (session == null) {
            return "";
        }
        Duration ahead = ahead(session);
        return ahead == null || ahead.abs().compareTo(Authority.CLOCKS_AGREE) < 0
                ? ""
                : "; this host's clock is %d minutes %s that of the authority: set it"
                        .formatted(
                                ahead.abs().toMinutes(),
                                ahead.isNegative() ? "behind" : "ahead of");
    }

    /** How much this host's clock is ahead of the authority's; {@code null} = it does not say. */
    @Nullable Duration ahead(Session session) {
        if (!session.hasDirectory()) {
            return null;
        }
        try {
            Optional<URL> nonce = session.resourceUrlOptional(Resource.NEW_NONCE);
            if (nonce.isEmpty()) {
                return null;
            }
            HttpResponse<Void> answer =
                    session.getHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(nonce.get().toString()))
                                            .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                            .timeout(TIME_WITHIN)
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding());
            String date = answer.headers().firstValue("Date").orElse("");
            Instant there =
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Duration.between(there, clock.instant());
        } catch (IOException | UncheckedIOException | AcmeException | DateTimeParseException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
