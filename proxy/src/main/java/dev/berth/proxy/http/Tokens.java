package dev.berth.proxy.http;

import java.util.function.Consumer;

/** Comma-separated lists and tokens of header fields (RFC 9110 section 5.6). */
public final class Tokens {
    private Tokens() {}

    /** Each non-empty element of a comma-separated list, without white space around it. */
    public static void each(CharSequence list, Consumer<String> element) {
        int start = 0;
        for (int i = 0; i <= list.length(); i++) {
            if (i == list.length() || list.charAt(i) == ',') {
                String text = list.subSequence(start, i).toString().strip();
                if (!text.isEmpty()) {
                    element.accept(text);
                }
                start = i + 1;
            }
        }
    }

    /** Whether the text is a token: one or more tchar. */
    public static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenCharacter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Whether the character may be in a token. */
    public static boolean isTokenCharacter(char c) {
        return isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    /** Whether the character is an ASCII letter or digit. */
    public static boolean isAlphanumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
