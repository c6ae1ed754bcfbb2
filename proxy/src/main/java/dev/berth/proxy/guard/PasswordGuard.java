package dev.berth.proxy.guard;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.ClientNetwork;
import dev.berth.schemas.edge.Policy;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * HTTP Basic authentication (RFC 7617): 401 without a name and password that fit. What passes loses
 * the field: the password of the wall is none of the app's business.
 */
final class PasswordGuard implements Guard {
    private static final String SCHEME = "basic ";
    private static final int MAX_CREDENTIALS = 1024;

    private final Policy.Password wall;
    private final PasswordHashes hashes;
    private final Verdict refused;

    PasswordGuard(Policy.Password wall, PasswordHashes hashes) {
        this.wall = wall;
        this.hashes = hashes;
        this.refused =
                new Verdict.Refused(
                        Failure.PasswordNeeded,
                        "",
                        Map.of(
                                "WWW-Authenticate",
                                "Basic realm=\"%s\", charset=\"UTF-8\"".formatted(wall.realm())));
    }

    @Override
    public Object rule() {
        return wall;
    }

    @Override
    public Verdict check(RequestHead request) {
        String credentials = credentials(request);
        int colon = credentials == null ? -1 : credentials.indexOf(':');
        if (credentials == null || colon < 0) {
            return refused;
        }
        String user = credentials.substring(0, colon);
        String own = wall.users().get(user);
        String hash = own == null ? otherHash(user) : own;
        if (hash == null) {
            return refused;
        }
        Verdict fitting = own == null ? refused : Verdict.PASS;
        request.showed(shown(request));
        request.headers().remove(HttpHeaderNames.AUTHORIZATION);
        String password = credentials.substring(colon + 1);
        Boolean known = hashes.fitsAtOnce(hash, password);
        if (known != null) {
            return known ? fitting : refused;
        }
        CompletionStage<Boolean> answer =
                hashes.fits(ClientNetwork.of(request.client()), hash, password);
        return answer == null
                ? new Verdict.Refused(
                        Failure.TooManyRequests,
                        "Too many passwords are being checked.",
                        Map.of("Retry-After", "2"))
                : new Verdict.Later(answer.thenApply(fits -> fits ? fitting : refused));
    }

    /**
     * Somebody's, so that a name that nobody has takes as long as one that somebody has; always the
     * same for one name. {@code null} when there are no users.
     */
    private @Nullable String otherHash(String user) {
        List<String> all = List.copyOf(wall.users().values());
        return all.isEmpty() ? null : all.get(Math.floorMod(user.hashCode(), all.size()));
    }

    /** What comes with it, or came before another wall had it removed. */
    private static @Nullable String shown(RequestHead request) {
        String field = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        return field == null ? request.credentials() : field;
    }

    private static @Nullable String credentials(RequestHead request) {
        String field = shown(request);
        if (field == null
                || field.length() > MAX_CREDENTIALS
                || !field.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(field.substring(SCHEME.length()).strip());
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
