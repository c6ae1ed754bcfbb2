package dev.berth.schemas.edge;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the edge treats the requests of a route, beside where it sends them.
 *
 * @param maxBodyBytes larger request bodies get 413; {@code null} = no limit
 * @param rateLimit per client address; {@code null} = none
 * @param addresses who may ask; {@code null} = everybody
 * @param password the wall before it; {@code null} = none
 * @param responseHeaders set on every answer, in this order
 * @param compress whether answers that the app did not encode are compressed for clients that can
 *     read it
 * @param sticky whether a cookie brings a client back to the backend it had
 * @param errorPages what replaces the edge's own pages, for browsers
 * @param redirectHttps whether requests over cleartext are sent to https
 * @param health probed as long as the route lists a backend; {@code null} = never
 * @param streamGrace how long upgraded connections and event streams stay with a backend that is no
 *     longer routed; {@code null} = as long as it lives
 * @param canaries who gets part of the requests; the first that a request falls to answers
 * @param redirectHttpsOnceCertified whether requests over cleartext are sent to https as soon as
 *     the edge has a certificate for their host other than the one of its own
 * @param stripPrefix whether the route's path is taken off the request's before it is forwarded
 */
public record Policy(
        @Nullable Long maxBodyBytes,
        @Nullable RateLimit rateLimit,
        @Nullable Addresses addresses,
        @Nullable Password password,
        List<ResponseHeader> responseHeaders,
        boolean compress,
        boolean sticky,
        List<ErrorPage> errorPages,
        boolean redirectHttps,
        @Nullable Health health,
        @Nullable Duration streamGrace,
        List<Canary> canaries,
        boolean redirectHttpsOnceCertified,
        boolean stripPrefix) {
    /** Nothing but forwarding. */
    public static final Policy NONE =
            new Policy(
                    null, null, null, null, List.of(), false, false, List.of(), false, null, null,
                    List.of(), false, false);

    public Policy {
        responseHeaders = List.copyOf(responseHeaders);
        errorPages = List.copyOf(errorPages);
        canaries = List.copyOf(canaries);
    }

    /** This policy with another limit of request bodies. */
    public Policy withMaxBody(long bytes) {
        return new Policy(
                bytes,
                rateLimit,
                addresses,
                password,
                responseHeaders,
                compress,
                sticky,
                errorPages,
                redirectHttps,
                health,
                streamGrace,
                canaries,
                redirectHttpsOnceCertified,
                stripPrefix);
    }

    /** This policy with other canaries. */
    public Policy withCanaries(List<Canary> others) {
        return new Policy(
                maxBodyBytes,
                rateLimit,
                addresses,
                password,
                responseHeaders,
                compress,
                sticky,
                errorPages,
                redirectHttps,
                health,
                streamGrace,
                others,
                redirectHttpsOnceCertified,
                stripPrefix);
    }

    /** This policy, and the route's path is taken off. */
    public Policy withStrippedPrefix() {
        return new Policy(
                maxBodyBytes,
                rateLimit,
                addresses,
                password,
                responseHeaders,
                compress,
                sticky,
                errorPages,
                redirectHttps,
                health,
                streamGrace,
                canaries,
                redirectHttpsOnceCertified,
                true);
    }

    /**
     * A bucket of tokens for each client address; a request takes one.
     *
     * @param requests that come back in each period; 1 or more
     * @param period longer than zero
     * @param burst the most that a bucket holds; 1 or more
     */
    public record RateLimit(int requests, Duration period, int burst) {
        public RateLimit {
            Objects.requireNonNull(period, "period");
        }
    }

    /**
     * Networks in CIDR form. A client in a denied one is refused; with any allowed one listed, so
     * is everybody in none of those.
     */
    public record Addresses(List<String> allow, List<String> deny) {
        public Addresses {
            allow = List.copyOf(allow);
            deny = List.copyOf(deny);
        }
    }

    /**
     * HTTP Basic authentication (RFC 7617).
     *
     * @param realm what the browser shows
     * @param users by name: a hash of the password, {@code $2y$...} (bcrypt) or {@code
     *     sha256:<salt>:<hex of SHA-256 of salt + password>}
     */
    public record Password(String realm, Map<String, String> users) {
        public Password {
            Objects.requireNonNull(realm, "realm");
            users.values().forEach(hash -> Objects.requireNonNull(hash, "hash"));
            users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
        }
    }

    /**
     * A field of answers.
     *
     * @param value empty removes the field
     * @param overrides whether it takes the place of what the app said
     */
    public record ResponseHeader(String name, String value, boolean overrides) {
        public ResponseHeader {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * A page in place of the edge's own.
     *
     * @param status {@code 503}, or {@code 5xx} for those without a page of their own
     * @param html complete page; <code>{{status}}</code> and <code>{{request}}</code> in it stand
     *     for the status code and the request id
     */
    public record ErrorPage(String status, String html) {
        public ErrorPage {
            Objects.requireNonNull(status, "status");
            Objects.requireNonNull(html, "html");
        }
    }

    /**
     * A check of a backend that serves.
     *
     * @param path asked by GET, 2xx and 3xx are healthy; {@code null} = only connect (TCP)
     * @param host value of the Host header
     * @param failures in a row after which the backend gets no requests; 1 or more
     */
    public record Health(
            @Nullable String path, String host, Duration interval, Duration timeout, int failures) {
        public Health {
            Objects.requireNonNull(host, "host");
            Objects.requireNonNull(interval, "interval");
            Objects.requireNonNull(timeout, "timeout");
        }
    }

    /**
     * Requests that another route's target answers. A request with the header or the cookie falls
     * to it; of the others a share does, at random.
     *
     * @param host of the other route
     * @param path of the other route
     * @param percent share, 0 to 100
     * @param header {@code null} = none decides
     * @param cookie {@code null} = none decides
     */
    public record Canary(
            String host, String path, int percent, @Nullable Match header, @Nullable Match cookie) {
        public Canary {
            Objects.requireNonNull(host, "host");
            Objects.requireNonNull(path, "path");
        }
    }

    /** A name and the value it must have; headers by any letter case of the name. */
    public record Match(String name, String value) {
        public Match {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
        }
    }
}
