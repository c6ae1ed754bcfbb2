package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import java.util.List;
import java.util.regex.Pattern;

/** Phrases of problem messages. */
final class Words {
    private static final int LONGEST = 60;
    private static final Pattern LOGIN =
            Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*:/{1,3})?.*@", Pattern.DOTALL);

    private Words() {}

    /** What a value is: {@code "two"}, {@code the number 2}, {@code a list}, {@code nothing}. */
    static String describe(Node node) {
        return switch (node) {
            case Node.Mapping _ -> "a mapping";
            case Node.Sequence _ -> "a list";
            case Node.Scalar(_, _, _, boolean sealed) when sealed -> "an encrypted value";
            case Node.Scalar(_, Node.Type type, String text, _) ->
                    switch (type) {
                        case TEXT -> quote(text);
                        case INTEGER, DECIMAL -> "the number " + printable(text);
                        case BOOLEAN -> text;
                        case NOTHING -> "nothing";
                    };
        };
    }

    /** In double quotes, on one line, not too long. */
    static String quote(String text) {
        return '"' + printable(text) + '"';
    }

    /**
     * Like {@link #quote}, with {@code ***} for all that may be a user or password: whatever stands
     * before the last {@code @}, after a scheme. The text is not a right URL, so where its parts
     * end can't be told.
     */
    static String quoteWithoutLogin(String text) {
        return quote(LOGIN.matcher(text).replaceFirst("$1***@"));
    }

    /** {@code a, b or c}. */
    static String oneOf(List<String> words) {
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }

    /** {@code 1 app}, {@code 2 apps}. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String printable(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .forEach(
                        c -> {
                            if (Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT) {
                                out.append("\\u%04x".formatted(c));
                            } else {
                                out.appendCodePoint(c);
                            }
                        });
        return text.codePointCount(0, text.length()) > LONGEST ? out + "…" : out.toString();
    }
}
