package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.ByteSize;
import dev.berth.schemas.config.Durations;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.SecretText;
import dev.berth.schemas.config.shape.ValueType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Turns one scalar into the value of a type. Pure. */
final class ScalarBinder {
    private static final int LONGEST_TEXT = 4096;
    private static final int LONGEST_WRITTEN = 100_000;
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,3}0{0,9})?");
    private static final Pattern SIZE = Pattern.compile(ByteSize.PATTERN);
    private static final Pattern SPAN = Pattern.compile(Durations.PATTERN);
    private static final Pattern MOMENT = Pattern.compile(ValueType.Moment.PATTERN);
    private static final List<String> TRUE_WORDS = List.of("true", "yes", "on", "y");
    private static final List<String> FALSE_WORDS = List.of("false", "no", "off", "n");

    private ScalarBinder() {}

    /** A value, or why there is none. */
    sealed interface Result {}

    record Value(Object value) implements Result {}

    record Wrong(Problem.Code code, String message) implements Result {}

    /**
     * @param names whether names of variables may still stand in it: its form is then not yet known
     */
    static Result text(ValueType.Text type, Node node, boolean names) {
        String expected = type.form() == null ? "text" : type.form().says();
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, _))
                || kind == Node.Type.NOTHING) {
            return wrongType(expected, node);
        }
        if (kind != Node.Type.TEXT) {
            return new Wrong(
                    Problem.Code.TYPE,
                    "expected %s, got %s: put it in quotes"
                            .formatted(expected, Words.describe(node)));
        }
        boolean open =
                names
                        && type.substituted()
                        && !isSealed(node)
                        && text.contains(ValueType.Text.VARIABLE);
        if (type.form() != null
                && !open
                && !(text.length() <= LONGEST_TEXT && type.form().fits(text))) {
            return type.form().mayHoldLogin()
                    ? new Wrong(
                            Problem.Code.VALUE,
                            "expected %s, got %s"
                                    .formatted(expected, Words.quoteWithoutLogin(text)))
                    : wrongValue(expected, node);
        }
        return checked(text, LONGEST_TEXT);
    }

    static Result written(Node node) {
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, _))) {
            return wrongType("text, a number or a boolean", node);
        }
        if (kind == Node.Type.NOTHING) {
            return new Wrong(
                    Problem.Code.TYPE,
                    "expected text, a number or a boolean, got nothing: write \"\" for an empty"
                            + " value");
        }
        return checked(text, LONGEST_WRITTEN);
    }

    /** Must have been encrypted, and is quoted by no message. */
    static Result secret(Node node) {
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, boolean sealed))) {
            return wrongType("text, a number or a boolean", node);
        } else if (kind == Node.Type.NOTHING) {
            return written(node);
        } else if (!sealed && !text.isEmpty()) {
            return new Wrong(
                    Problem.Code.SECRET,
                    "this value is not encrypted: run ./berth seal on the file, and replace the"
                            + " value if it was pushed");
        }
        return switch (written(node)) {
            case Value _ -> new Value(new SecretText(text));
            case Wrong wrong -> wrong;
        };
    }

    /** What may also come from elsewhere, and is given as it is. */
    static Result envText(ValueType.EnvText type, Node node) {
        Result given =
                type.form() == null
                        ? written(node)
                        : text(new ValueType.Text(type.form(), false), node, false);
        return literal(given, node);
    }

    /** The value of a variable, given as it is. */
    static Result literal(Node node) {
        return literal(written(node), node);
    }

    private static Result literal(Result given, Node node) {
        return switch (given) {
            case Value(Object value) ->
                    new Value(
                            isSealed(node)
                                    ? new EnvValue.Sealed(new SecretText(value.toString()))
                                    : new EnvValue.Text(value.toString()));
            case Wrong wrong -> wrong;
        };
    }

    static boolean isSealed(Node node) {
        return node instanceof Node.Scalar scalar && scalar.sealed();
    }

    static Result wholeNumber(ValueType.WholeNumber type, Node node) {
        String expected = "a whole number from %d to %d".formatted(type.min(), type.max());
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, _))
                || kind != Node.Type.INTEGER) {
            return wrongType(expected, node);
        }
        if (!WHOLE.matcher(text).matches()) {
            return wrongValue(expected, node);
        }
        long number = Long.parseLong(text);
        return number < type.min() || number > type.max()
                ? wrongValue(expected, node)
                : new Value((int) number);
    }

    static Result amount(ValueType.Amount type, Node node) {
        String expected =
                "a number above 0 and up to %d, with up to 3 decimals".formatted(type.max());
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, _))
                || (kind != Node.Type.INTEGER && kind != Node.Type.DECIMAL)) {
            return wrongType(expected, node);
        }
        if (!AMOUNT.matcher(text).matches()) {
            return wrongValue(expected, node);
        }
        BigDecimal number = new BigDecimal(text);
        return number.signum() <= 0 || number.compareTo(BigDecimal.valueOf(type.max())) > 0
                ? wrongValue(expected, node)
                : new Value(number);
    }

    static Result flag(Node node) {
        if (node instanceof Node.Scalar(_, Node.Type kind, String text, _)) {
            if (kind == Node.Type.BOOLEAN) {
                return new Value(text.equals("true"));
            }
            String word = text.toLowerCase(Locale.ROOT);
            if (!isSealed(node) && (TRUE_WORDS.contains(word) || FALSE_WORDS.contains(word))) {
                return new Wrong(
                        Problem.Code.TYPE,
                        "expected true or false, got %s: write %s"
                                .formatted(Words.describe(node), TRUE_WORDS.contains(word)));
            }
        }
        return wrongType("true or false", node);
    }

    static Result span(ValueType.Span type, Node node) {
        String expected = ValueType.Span.SAYS;
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, _))
                || kind != Node.Type.TEXT) {
            return wrongType(expected, node);
        }
        if (!SPAN.matcher(text).matches()) {
            return wrongValue(expected, node);
        }
        Duration duration = Durations.parse(text);
        if (duration.compareTo(type.min()) < 0 || duration.compareTo(type.max()) > 0) {
            return wrongValue(
                    "a duration from %s to %s".formatted(print(type.min()), print(type.max())),
                    node);
        }
        return new Value(duration);
    }

    static Result size(ValueType.Size type, Node node) {
        String expected = ValueType.Size.SAYS;
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, _))
                || (kind != Node.Type.TEXT && kind != Node.Type.INTEGER)) {
            return wrongType(expected, node);
        }
        if (!SIZE.matcher(text).matches()) {
            return wrongValue(expected, node);
        }
        try {
            ByteSize size = ByteSize.parse(text);
            return size.bytes() < type.min().bytes() || size.bytes() > type.max().bytes()
                    ? wrongValue(
                            "a size from %s to %s".formatted(print(type.min()), print(type.max())),
                            node)
                    : new Value(size);
        } catch (IllegalArgumentException e) {
            return wrongValue(expected, node);
        }
    }

    static Result moment(Node node) {
        String expected = ValueType.Moment.SAYS;
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, _))
                || kind != Node.Type.TEXT) {
            return wrongType(expected, node);
        }
        try {
            return MOMENT.matcher(text).matches()
                    ? new Value(Instant.parse(text))
                    : wrongValue(expected, node);
        } catch (DateTimeException e) {
            return wrongValue(expected, node);
        }
    }

    static Result choice(ValueType.Choice type, Node node) {
        List<String> words = type.words();
        String expected = Words.oneOf(words);
        if (!(node instanceof Node.Scalar(_, Node.Type kind, String text, _))
                || kind != Node.Type.TEXT) {
            return wrongType(expected, node);
        }
        for (Enum<?> constant : type.type().getEnumConstants()) {
            if (ValueType.Choice.word(constant).equals(text)) {
                return new Value(constant);
            }
        }
        if (isSealed(node)) {
            return wrongValue(expected, node);
        }
        return new Wrong(
                Problem.Code.VALUE,
                "expected %s, got %s%s"
                        .formatted(expected, Words.quote(text), NearMiss.hint(text, words)));
    }

    static Wrong wrongType(String expected, Node node) {
        return new Wrong(
                Problem.Code.TYPE, "expected %s, got %s".formatted(expected, Words.describe(node)));
    }

    private static Wrong wrongValue(String expected, Node node) {
        return new Wrong(
                Problem.Code.VALUE,
                "expected %s, got %s".formatted(expected, Words.describe(node)));
    }

    private static Result checked(String text, int longest) {
        if (text.indexOf('\0') >= 0) {
            return new Wrong(Problem.Code.VALUE, "text can't hold the character NUL");
        }
        return text.length() > longest
                ? new Wrong(Problem.Code.VALUE, "longer than %d characters".formatted(longest))
                : new Value(text);
    }

    private static String print(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + "ms";
        }
        long seconds = duration.toSeconds();
        return seconds % 86_400 == 0 && seconds > 0
                ? seconds / 86_400 + "d"
                : seconds % 3600 == 0 && seconds > 0
                        ? seconds / 3600 + "h"
                        : seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static String print(ByteSize size) {
        List<String> units = List.of("", "Ki", "Mi", "Gi", "Ti");
        long number = size.bytes();
        int unit = 0;
        while (number >= 1024 && number % 1024 == 0 && unit < units.size() - 1) {
            number >>= 10;
            unit++;
        }
        return number + units.get(unit);
    }
}
