package dev.berth.reconciler.secret;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which values of a file are encrypted. A rule looks at every key on the way to a value, and one
 * that matches decides. The two rules about comments depend on which value a YAML library thinks a
 * comment belongs to; for them the form of the value decides, and the MAC finds out who lies.
 *
 * @param text the suffix or the regular expression (RE2 as far as {@code java.util.regex} agrees)
 */
record SopsRule(Kind kind, String text) {
    /** What sops does when a file names no rule. */
    static final SopsRule DEFAULT = new SopsRule(Kind.UNENCRYPTED_SUFFIX, "_unencrypted");

    /** The rule for documents of kind Secret: keys stay readable, values do not. */
    static final SopsRule SECRET_DATA = new SopsRule(Kind.ENCRYPTED_REGEX, "^(data|stringData)$");

    private static final int LONGEST = 1000;

    enum Kind {
        UNENCRYPTED_SUFFIX("unencrypted_suffix"),
        ENCRYPTED_SUFFIX("encrypted_suffix"),
        UNENCRYPTED_REGEX("unencrypted_regex"),
        ENCRYPTED_REGEX("encrypted_regex"),
        UNENCRYPTED_COMMENT_REGEX("unencrypted_comment_regex"),
        ENCRYPTED_COMMENT_REGEX("encrypted_comment_regex");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        String key() {
            return key;
        }

        boolean isAboutComments() {
            return this == UNENCRYPTED_COMMENT_REGEX || this == ENCRYPTED_COMMENT_REGEX;
        }
    }

    /** Whether it can be used: its regular expression is one, and of sane length. */
    boolean isSound() {
        try {
            return text.length() <= LONGEST && Pattern.compile(text).pattern().equals(text);
        } catch (PatternSyntaxException e) {
            return kind == Kind.UNENCRYPTED_SUFFIX || kind == Kind.ENCRYPTED_SUFFIX;
        }
    }

    /**
     * @param looksEncrypted whether the value reads {@code ENC[…]}
     */
    boolean encrypts(List<String> path, boolean looksEncrypted) {
        return switch (kind) {
            case UNENCRYPTED_SUFFIX -> path.stream().noneMatch(k -> k.endsWith(text));
            case ENCRYPTED_SUFFIX -> path.stream().anyMatch(k -> k.endsWith(text));
            case UNENCRYPTED_REGEX -> !anyKeyMatches(path);
            case ENCRYPTED_REGEX -> anyKeyMatches(path);
            case UNENCRYPTED_COMMENT_REGEX, ENCRYPTED_COMMENT_REGEX -> looksEncrypted;
        };
    }

    private boolean anyKeyMatches(List<String> path) {
        Pattern pattern = Pattern.compile(text);
        return path.stream().anyMatch(key -> pattern.matcher(new Patient(key)).find());
    }

    /** Ends a match that backtracks without end: RE2 never does, so sops has no such limit. */
    private static final class Patient implements CharSequence {
        private static final int LIMIT = 100_000;

        private final String text;
        private int looks;

        Patient(String text) {
            // The engine recurses, and a key may be as long as a file.
            if (text.length() > LONGEST) {
                throw new TooComplexException();
            }
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (looks++ > LIMIT) {
                throw new TooComplexException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The regular expression takes too long for a key. */
    static final class TooComplexException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
