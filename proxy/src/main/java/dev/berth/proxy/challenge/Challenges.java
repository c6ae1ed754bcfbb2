package dev.berth.proxy.challenge;

import dev.berth.schemas.edge.Challenge;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers to the questions of certificate authorities (HTTP-01, RFC 8555 section 8.3). They are the
 * same on every host: an answer is bound to the account that ordered, so nobody gains by asking on
 * another one. Thread-safe.
 */
public final class Challenges {
    private static final String PLACE = "/.well-known/acme-challenge/";

    /** Base64url (RFC 8555 section 8.1), and what goes into an answer as it is. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private static final Pattern ANSWER = Pattern.compile("[!-~]{1,512}");

    private volatile Map<String, String> answers = Map.of();

    /**
     * Answers these from now on and no others; of two for one token, the later one counts. Those
     * that no authority can have asked for are left out.
     */
    public void replace(List<Challenge> all) {
        answers =
                all.stream()
                        .filter(c -> TOKEN.matcher(c.token()).matches())
                        .filter(c -> ANSWER.matcher(c.answer()).matches())
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        Challenge::token, Challenge::answer, (_, later) -> later));
    }

    /**
     * What is said to who asks for this; {@code null} when it is not ours to answer: apps may have
     * certificates of their own.
     *
     * @param target of the request, as it is written
     */
    public @Nullable String answer(String target) {
        Map<String, String> known = answers;
        return known.isEmpty() || !target.startsWith(PLACE)
                ? null
                : known.get(target.substring(PLACE.length()));
    }
}
