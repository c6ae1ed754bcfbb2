package dev.berth.reconciler.secret;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an unquoted YAML scalar means to sops, whose YAML library takes more for numbers than YAML
 * 1.2 does: {@code 017}, {@code 0x1f}, {@code 1_000} and dates. Such texts mean different things to
 * different readers, so they are {@link Unclear} here instead of being guessed at.
 */
sealed interface PlainScalar {

    /** It has a value. */
    record Typed(SopsValue value) implements PlainScalar {}

    /** It is null: nothing to encrypt and no part of the MAC. */
    record Nothing() implements PlainScalar {}

    /** Readers disagree about it; quotes make it clear. */
    record Unclear() implements PlainScalar {}

    Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9]{0,18})");
    Pattern DECIMAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    Pattern NUMBER_LIKE = Pattern.compile("[-+]?(0[xXoObB][0-9a-fA-F_]+|[0-9][0-9_]*)");
    Pattern DATE_LIKE =
            Pattern.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \\t].*)?", Pattern.DOTALL);
    Pattern UNDERSCORED = Pattern.compile("[-+]?\\.?[0-9][0-9_]*(\\.[0-9_]*)?([eE][-+]?[0-9_]+)?");

    static PlainScalar of(String text) {
        SopsValue word = word(text);
        if (isNothing(text)) {
            return new Nothing();
        } else if (word != null) {
            return new Typed(word);
        } else if (WHOLE.matcher(text).matches()) {
            return whole(text);
        } else if (DATE_LIKE.matcher(text).matches() || NUMBER_LIKE.matcher(text).matches()) {
            return new Unclear();
        } else if (DECIMAL.matcher(text).matches()) {
            return decimal(text);
        } else if (text.contains("_") && UNDERSCORED.matcher(text).matches()) {
            return new Unclear();
        }
        return new Typed(SopsValue.text(text));
    }

    private static boolean isNothing(String text) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> true;
            default -> false;
        };
    }

    private static @Nullable SopsValue word(String text) {
        return switch (text) {
            case "true", "True", "TRUE" -> SopsValue.bool(true);
            case "false", "False", "FALSE" -> SopsValue.bool(false);
            case ".nan", ".NaN", ".NAN" -> SopsValue.decimal(Double.NaN);
            case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF" ->
                    SopsValue.decimal(Double.POSITIVE_INFINITY);
            case "-.inf", "-.Inf", "-.INF" -> SopsValue.decimal(Double.NEGATIVE_INFINITY);
            default -> null;
        };
    }

    private static PlainScalar whole(String text) {
        try {
            return new Typed(SopsValue.whole(Long.parseLong(text)));
        } catch (NumberFormatException e) {
            return new Unclear();
        }
    }

    private static PlainScalar decimal(String text) {
        double number = Double.parseDouble(text);
        return Double.isInfinite(number) ? new Unclear() : new Typed(SopsValue.decimal(number));
    }
}
