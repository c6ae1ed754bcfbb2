package dev.berth.proxy.encode;

import dev.berth.proxy.http.Tokens;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chooses a coding by the Accept-Encoding field (RFC 9110 section 12.5.3). */
public final class AcceptEncoding {
    private AcceptEncoding() {}

    /**
     * The coding that the client likes most; of those that it likes alike, the first offered.
     * {@code null} when it reads none of them, or likes the plain form more.
     */
    public static @Nullable Coding best(@Nullable String field, Collection<Coding> offered) {
        if (field == null || offered.isEmpty()) {
            return null;
        }
        Map<String, Integer> weights = new HashMap<>();
        Tokens.each(field, element -> read(element, weights));
        int others = weights.getOrDefault("*", 0);
        Coding best = null;
        int most = Math.max(0, weights.getOrDefault("identity", 0) - 1);
        for (Coding coding : offered) {
            int weight = weights.getOrDefault(coding.token(), others);
            if (weight > most) {
                best = coding;
                most = weight;
            }
        }
        return best;
    }

    private static void read(String element, Map<String, Integer> weights) {
        int semicolon = element.indexOf(';');
        String name = semicolon < 0 ? element : element.substring(0, semicolon);
        String token = name.strip().toLowerCase(Locale.ROOT);
        weights.put(
                token.equals("x-gzip") ? Coding.GZIP.token() : token,
                semicolon < 0 ? 1000 : weight(element.substring(semicolon + 1).strip()));
    }

    /** Thousandths; a malformed one counts as 0. */
    private static int weight(String parameter) {
        if (!parameter.regionMatches(true, 0, "q=", 0, 2)) {
            return 1000;
        }
        String number = parameter.substring(2).strip();
        if (!number.matches("0(\\.\\d{0,3})?|1(\\.0{0,3})?")) {
            return 0;
        }
        return (int) Math.round(Double.parseDouble(number) * 1000);
    }
}
