package dev.berth.proxy.front;

import dev.berth.proxy.http.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads Forwarded (RFC 7239 section 4). One for one field value; not thread-safe. */
final class ForwardedField {
    private final String text;
    private int at;

    private ForwardedField(String text) {
        this.text = text;
    }

    /**
     * What one proxy says.
     *
     * @param client {@code for}: who came to it; empty when it does not say
     * @param proto how; empty when it does not say
     * @param host what was asked for; empty when it does not say
     */
    record Element(String client, String proto, String host) {}

    /** The elements, the farthest proxy's first; {@code null} when the text is malformed. */
    static @Nullable List<Element> parse(String text) {
        return new ForwardedField(text).elements();
    }

    private @Nullable List<Element> elements() {
        List<Element> all = new ArrayList<>(2);
        do {
            Element element = element();
            if (element == null) {
                return null;
            }
            all.add(element);
        } while (skip(','));
        return at == text.length() ? all : null;
    }

    private @Nullable Element element() {
        String client = "";
        String proto = "";
        String host = "";
        do {
            skipSpace();
            String name = token();
            if (name.isEmpty()) {
                continue; // RFC 7239 lets a pair be left out
            }
            String value = at < text.length() && text.charAt(at) == '=' ? value() : null;
            if (value == null) {
                return null;
            }
            switch (name.toLowerCase(Locale.ROOT)) {
                case "for" -> client = value;
                case "proto" -> proto = value;
                case "host" -> host = value;
                default -> {} // by, and extensions
            }
        } while (skip(';'));
        return new Element(client, proto, host);
    }

    private @Nullable String value() {
        at++;
        return at < text.length() && text.charAt(at) == '"' ? quoted() : unquoted();
    }

    private @Nullable String unquoted() {
        String token = token();
        return token.isEmpty() ? null : token;
    }

    private @Nullable String quoted() {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
            }
            if (at < text.length()) {
                value.append(text.charAt(at));
                at++;
            }
        }
        if (at >= text.length()) {
            return null;
        }
        at++;
        return value.toString();
    }

    private String token() {
        int from = at;
        while (at < text.length() && Tokens.isTokenCharacter(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at);
    }

    private boolean skip(char c) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }
}
