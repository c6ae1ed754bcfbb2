package dev.berth.reconciler.secret;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Takes known secrets out of texts that leave: logs, errors, API. Knows a value as it is, in base64
 * (also as a part of a longer base64 text), URL-encoded and within JSON, and each line of at least
 * {@value #SHORTEST_LINE} characters of a value of several lines: shorter ones, such as {@code
 * true} in a file of settings, would be found in every text. What lies side by side or overlaps
 * becomes one {@code ***}. Values shorter than {@value #SHORTEST} characters stay: they would be
 * found in every text. Immutable, thread-safe; the work grows with the length of the text, hardly
 * with the number of secrets.
 */
public final class Redactor {
    /** Characters; shorter values are not looked for. */
    public static final int SHORTEST = 4;

    private static final int SHORTEST_LINE = 8;
    private static final int SHORTEST_WITHIN_BASE64 = 8;
    private static final String STARS = "***";

    /** By the first {@link #SHORTEST} characters, longest first. */
    private final Map<String, List<String>> forms = new HashMap<>();

    public Redactor(Collection<Secret> secrets) {
        Set<String> all = new HashSet<>();
        secrets.forEach(s -> add(s, all));
        for (String form : all) {
            forms.computeIfAbsent(form.substring(0, SHORTEST), _ -> new ArrayList<>()).add(form);
        }
        forms.values().forEach(l -> l.sort(Comparator.comparingInt(String::length).reversed()));
    }

    /** The text without the secrets. */
    public String clean(String text) {
        if (forms.isEmpty()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int hiddenTo = 0;
        for (int at = 0; at < text.length(); at++) {
            int length = longestAt(text, at);
            if (length > 0) {
                if (at > hiddenTo || (at == hiddenTo && !endsHidden(out))) {
                    out.append(STARS);
                }
                hiddenTo = Math.max(hiddenTo, at + length);
            }
            if (at >= hiddenTo) {
                out.append(text.charAt(at));
            }
        }
        return out.toString();
    }

    private static boolean endsHidden(StringBuilder out) {
        return out.length() >= STARS.length()
                && out.substring(out.length() - STARS.length()).equals(STARS);
    }

    private int longestAt(String text, int at) {
        if (at + SHORTEST > text.length()) {
            return 0;
        }
        for (String form : forms.getOrDefault(text.substring(at, at + SHORTEST), List.of())) {
            if (text.startsWith(form, at)) {
                return form.length();
            }
        }
        return 0;
    }

    private static void add(Secret secret, Set<String> to) {
        String text = secret.text();
        if (text.length() < SHORTEST) {
            return;
        }
        addText(text, to);
        addText(text.strip(), to);
        text.lines().map(String::strip).filter(l -> l.length() >= SHORTEST_LINE).forEach(to::add);
        addBase64(secret.bytes(), to);
        addBase64(text.strip().getBytes(StandardCharsets.UTF_8), to);
    }

    private static void addText(String text, Set<String> to) {
        if (text.length() < SHORTEST) {
            return;
        }
        String form = URLEncoder.encode(text, StandardCharsets.UTF_8);
        to.add(text);
        to.add(form);
        to.add(form.replace("+", "%20"));
        to.add(lowerHex(form));
        to.add(lowerHex(form.replace("+", "%20")));
        String json = text.replace("\\", "\\\\").replace("\"", "\\\"");
        to.add(json.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t"));
    }

    private static String lowerHex(String encoded) {
        StringBuilder out = new StringBuilder(encoded);
        for (int at = out.indexOf("%"); at >= 0; at = out.indexOf("%", at + 1)) {
            out.replace(at + 1, at + 3, out.substring(at + 1, at + 3).toLowerCase(Locale.ROOT));
        }
        return out.toString();
    }

    /**
     * Three bytes are four characters, so what stands before the value can shift it in two ways.
     */
    private static void addBase64(byte[] value, Set<String> to) {
        if (value.length < SHORTEST) {
            return;
        }
        for (Base64.Encoder base64 : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            to.add(base64.encodeToString(value));
            to.add(base64.withoutPadding().encodeToString(value));
            if (value.length < SHORTEST_WITHIN_BASE64) {
                continue;
            }
            for (int before = 0; before < 3; before++) {
                byte[] shifted = new byte[before + value.length];
                System.arraycopy(value, 0, shifted, before, value.length);
                byte[] whole = Arrays.copyOf(shifted, shifted.length - shifted.length % 3);
                String text = base64.encodeToString(whole);
                to.add(text.substring(before == 0 ? 0 : 4));
            }
        }
    }
}
