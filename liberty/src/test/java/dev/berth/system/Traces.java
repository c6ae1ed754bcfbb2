package dev.berth.system;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * At which places wanted texts were seen: as they are, as JSON, HTML, URLs, base64 (also within
 * more of it), hex or UTF-16 have them, and where one of these was deflated. Shares no code with
 * what hides secrets. Keeps none of what it looks at: that may be more than fits into memory.
 * Confined to one thread.
 */
final class Traces {
    /** Of what is found deflated, at most. */
    private static final int MOST_INFLATED = 16 << 20;

    private static final int GZIP_HEAD = 10;
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final Map<String, Set<String>> wanted = new HashMap<>();
    private final SortedSet<String> places = new TreeSet<>();
    private final Map<String, SortedSet<String>> found = new HashMap<>();

    /** From now on this text is looked for; shorter ones than 8 characters are anywhere. */
    Traces want(String text) {
        if (text.length() < 8) {
            throw new IllegalArgumentException("too short to be told from chance: " + text);
        }
        wanted.computeIfAbsent(text, Traces::forms);
        return this;
    }

    void see(String place, String text) {
        see(place, text.getBytes(StandardCharsets.UTF_8));
    }

    void see(String place, byte[] bytes) {
        places.add(place);
        search(place, new String(bytes, BYTES));
        for (int at = 0; at + GZIP_HEAD < bytes.length; at++) {
            int head = ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
            if (head == 0x1f8b && bytes[at + 2] == 8) {
                searchInflated(place, bytes, at + GZIP_HEAD, true);
            } else if (bytes[at] == 0x78 && head % 31 == 0) {
                searchInflated(place, bytes, at, false);
            }
        }
    }

    private void search(String place, String text) {
        wanted.forEach(
                (value, forms) -> {
                    if (forms.stream().anyMatch(text::contains)) {
                        found.computeIfAbsent(value, _ -> new TreeSet<>()).add(place);
                    }
                });
    }

    /** As logs that were rotated and objects of Git are. */
    private void searchInflated(String place, byte[] bytes, int from, boolean bare) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Inflater inflater = new Inflater(bare);
        try {
            inflater.setInput(bytes, from, bytes.length - from);
            byte[] part = new byte[8192];
            for (int n = inflater.inflate(part); n > 0; n = inflater.inflate(part)) {
                out.write(part, 0, n);
                if (out.size() > MOST_INFLATED) {
                    break;
                }
            }
        } catch (DataFormatException _) { // it ends here, or only looked like it
        } finally {
            inflater.end();
        }
        search(place, out.toString(BYTES));
    }

    private static Set<String> forms(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        String asBytes = new String(bytes, BYTES);
        Set<String> forms = new TreeSet<>(List.of(asBytes, json(value), html(asBytes)));
        forms.add(new String(value.getBytes(StandardCharsets.UTF_16LE), BYTES));
        forms.add(new String(value.getBytes(StandardCharsets.UTF_16BE), BYTES));
        forms.add(HexFormat.of().formatHex(bytes));
        forms.add(HexFormat.of().withUpperCase().formatHex(bytes));
        for (String kept : List.of("-._~", "-._*", "-._~!$&'()*,;=:@/?")) {
            String url = url(bytes, kept);
            forms.add(url);
            forms.add(url.replace("%20", "+"));
            forms.add(lowerHex(url));
        }
        addBase64(bytes, forms);
        return forms;
    }

    private static String json(String value) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> out.append(c);
            }
        }
        return new String(out.toString().getBytes(StandardCharsets.UTF_8), BYTES);
    }

    private static String html(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;")
                .replace("'", "&#39;");
    }

    private static String url(byte[] bytes, String kept) {
        StringBuilder out = new StringBuilder();
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || kept.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }

    private static String lowerHex(String url) {
        StringBuilder out = new StringBuilder(url);
        for (int at = out.indexOf("%"); at >= 0; at = out.indexOf("%", at + 1)) {
            out.replace(at + 1, at + 3, out.substring(at + 1, at + 3).toLowerCase(Locale.ROOT));
        }
        return out.toString();
    }

    /** What of its base64 does not depend on what stands before and after it. */
    private static void addBase64(byte[] value, Set<String> to) {
        for (int before = 0; before < 3; before++) {
            byte[] shifted = new byte[before + value.length];
            System.arraycopy(value, 0, shifted, before, value.length);
            int first = (before * 8 + 5) / 6;
            int last = shifted.length * 8 / 6;
            to.add(Base64.getEncoder().encodeToString(shifted).substring(first, last));
            to.add(Base64.getUrlEncoder().encodeToString(shifted).substring(first, last));
        }
    }

    /** Where one of the wanted texts was seen. */
    Set<String> of(String text) {
        return found.getOrDefault(text, Collections.emptySortedSet());
    }

    /** All places that were looked at. */
    Collection<String> places() {
        return places;
    }
}
