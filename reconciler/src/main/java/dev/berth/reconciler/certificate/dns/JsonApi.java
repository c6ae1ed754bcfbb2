package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Answer;
import dev.berth.reconciler.certificate.dns.ProviderHttp.Question;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An API that speaks JSON and knows its users by a token (RFC 6750). Whatever it answers but 2xx,
 * and 404 where that is an answer, is a {@link DnsException} with its own words. Thread-safe.
 */
final class JsonApi {
    private static final int NOT_FOUND = 404;

    private final ProviderHttp http;
    private final Credential token;
    private final Words words;

    /** How a provider says what is wrong. */
    @FunctionalInterface
    interface Words {
        /**
         * Those for people.
         *
         * @return may be empty
         * @throws IllegalArgumentException if the body is not what its API says
         */
        String in(String body);
    }

    JsonApi(ProviderHttp http, Credential token, Words words) {
        this.http = http;
        this.token = token;
        this.words = words;
    }

    /** Has it done. */
    void send(Question question) throws DnsException {
        var _ = checked(question, ask(question));
    }

    /** Has it done; false when what it is about is not there. */
    boolean sendIfThere(Question question) throws DnsException {
        Answer answer = ask(question);
        return answer.status() != NOT_FOUND && checked(question, answer).ok();
    }

    /** What it answers. */
    <T> T read(Question question, Class<T> type) throws DnsException {
        return http.read(question, checked(question, ask(question)), type);
    }

    /** What it answers; {@code null} when that is not there. */
    <T> @Nullable T readIfThere(Question question, Class<T> type) throws DnsException {
        Answer answer = ask(question);
        return answer.status() == NOT_FOUND
                ? null
                : http.read(question, checked(question, answer), type);
    }

    private Answer ask(Question question) throws DnsException {
        return http.ask(question, Map.of("Authorization", "Bearer " + token.reveal()));
    }

    private Answer checked(Question question, Answer answer) throws DnsException {
        if (answer.ok()) {
            return answer;
        }
        String said;
        try {
            said = words.in(answer.body());
        } catch (IllegalArgumentException e) {
            said = "";
        }
        throw http.refused(question, answer, said);
    }
}
