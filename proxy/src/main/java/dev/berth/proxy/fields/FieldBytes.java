package dev.berth.proxy.fields;

import io.netty.handler.codec.Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bytes that HTTP/1 cannot carry (RFC 9113 section 8.2.1, RFC 9114 section 10.3). A name is
 * a lower-case token, with a colon in front if it is a pseudo-header; a value has no NUL, CR or LF
 * in it, nor, more strictly than the RFC, any other control character but TAB, and no white space
 * around it. Else a line break in a value would become a field, or a request, at the backend.
 */
final class FieldBytes implements FieldRule {
    @Override
    public @Nullable String violation(Headers<CharSequence, CharSequence, ?> fields) {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            if (!isName(field.getKey())) {
                return "a field name is not a lower-case token";
            }
            if (!isValue(field.getValue())) {
                return "a field value has a forbidden byte";
            }
        }
        return null;
    }

    private static boolean isName(CharSequence name) {
        int start = !name.isEmpty() && name.charAt(0) == ':' ? 1 : 0;
        for (int i = start; i < name.length(); i++) {
            if (!isLowerCaseToken(name.charAt(i))) {
                return false;
            }
        }
        return name.length() > start;
    }

    private static boolean isLowerCaseToken(char c) {
        return (c >= 'a' && c <= 'z')
                || c == '-'
                || (c >= '0' && c <= '9')
                || "!#$%&'*+.^_`|~".indexOf(c) >= 0;
    }

    private static boolean isValue(CharSequence value) {
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return length == 0 || !(isSpace(value.charAt(0)) || isSpace(value.charAt(length - 1)));
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
