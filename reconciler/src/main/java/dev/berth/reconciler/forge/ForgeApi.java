package dev.berth.reconciler.forge;

import dev.berth.schemas.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The API of one forge, asked as who we are there. What the forge does not take is told in words
 * for people, without what is secret. Thread-safe.
 */
final class ForgeApi {
    private final ForgeHttp http;
    private final String base;
    private final Map<String, String> fields;
    private final Login login;

    /**
     * @param base such as {@code https://api.github.com}
     * @param fields that its API wants of each question
     */
    ForgeApi(ForgeHttp http, String base, Map<String, String> fields, Login login) {
        this.http = http;
        this.base = base.replaceAll("/+$", "");
        this.fields = Map.copyOf(fields);
        this.login = login;
    }

    String base() {
        return base;
    }

    Login login() {
        return login;
    }

    /**
     * The path of a repo within this server.
     *
     * @param suffix of {@link #base} where the server is at the root of its host: {@code /api/v4}
     */
    String pathOf(ForgeRepo repo, String suffix) {
        String at = String.valueOf(URI.create(base).getPath());
        String prefix = at.endsWith(suffix) ? at.substring(0, at.length() - suffix.length()) : "";
        String path = "/" + repo.path();
        return prefix.length() > 1 && path.startsWith(prefix + "/")
                ? path.substring(prefix.length() + 1)
                : path.substring(1);
    }

    /** For a part of a path: no slash of it divides. */
    static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * What is there: an answer with 200.
     *
     * @param path with its query, from the base on
     * @throws ForgeException if another answer came, or none
     */
    Answer got(ForgeRepo repo, String path) throws ForgeException {
        Answer answer = get(repo, path, null);
        if (answer.status() != 200) {
            throw failure(answer, repo);
        }
        return answer;
    }

    /**
     * The answer, whatever it is.
     *
     * @param etag {@code null} = answer all the same
     * @throws ForgeException if there is none
     */
    Answer get(ForgeRepo repo, String path, @Nullable String etag) throws ForgeException {
        return ask(
                repo, "GET", path, null, etag == null ? Map.of() : Map.of("If-None-Match", etag));
    }

    /**
     * Changes something, and wants a 2xx.
     *
     * @throws ForgeException if that did not come
     */
    Answer send(ForgeRepo repo, String method, String path, Object body) throws ForgeException {
        Answer answer = ask(repo, method, path, Json.write(body), Map.of());
        if (answer.status() < 200 || answer.status() > 299) {
            throw failure(answer, repo);
        }
        return answer;
    }

    private Answer ask(
            ForgeRepo repo,
            String method,
            String path,
            @Nullable String json,
            Map<String, String> more)
            throws ForgeException {
        URI uri = URI.create(base + path);
        Map<String, String> who = login.fields(repo);
        Answer answer = ask(method, uri, json, who, more);
        if (answer.status() == 401 && login.refused(repo, who)) {
            answer = ask(method, uri, json, login.fields(repo), more);
        }
        return answer;
    }

    private Answer ask(
            String method,
            URI uri,
            @Nullable String json,
            Map<String, String> who,
            Map<String, String> more)
            throws ForgeException {
        Map<String, String> all = new HashMap<>(fields);
        all.putAll(more);
        all.putAll(who);
        return http.exchange(new ForgeHttp.Question(method, uri, all, json)).without(who.values());
    }

    /** What an answer means that was not hoped for. */
    ForgeException failure(Answer answer, ForgeRepo repo) {
        return failure(answer, repo, login.name());
    }

    /**
     * The same.
     *
     * @param who Berth is there, in words
     */
    static ForgeException failure(Answer answer, ForgeRepo repo, String who) {
        String said = answer.said();
        String what =
                "%s answered %d%s: "
                        .formatted(
                                answer.asked(),
                                answer.status(),
                                said.isEmpty() ? "" : " (" + said + ")");
        int status = answer.status();
        return switch (status) {
            case 401 ->
                    new ForgeException(
                            ForgeException.Kind.REFUSED,
                            what + who + " is not accepted; it may have ended");
            case 403 ->
                    new ForgeException(
                            ForgeException.Kind.REFUSED,
                            what + who + " may not do that; give it the permission at the forge");
            case 404, 410 ->
                    said.isEmpty() // some proxy's page, not the forge's word
                            ? answer.unreadable("it does not say so as forges do")
                            : new ForgeException(
                                    ForgeException.Kind.NOT_FOUND,
                                    what
                                            + "there is no such thing, or %s may not see it; look whether it may see %s"
                                                    .formatted(who, repo));
            default -> unusual(status, what, answer);
        };
    }

    private static ForgeException unusual(int status, String what, Answer answer) {
        if (status >= 500) {
            return new ForgeException(
                    ForgeException.Kind.UNREACHABLE,
                    what + "the forge has a fault; it is asked again");
        } else if (status >= 400) {
            return new ForgeException(
                    ForgeException.Kind.REFUSED, what + "the forge does not take it");
        }
        return answer.unreadable("a status that has no meaning here");
    }
}
