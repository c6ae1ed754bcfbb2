package dev.berth.schemas.config.shape;

import dev.berth.schemas.config.ByteSize;
import dev.berth.schemas.config.Verbatim;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a value in YAML may be and which Java type it becomes. */
public sealed interface ValueType {

    /**
     * Text; {@link String}.
     *
     * @param substituted whether <code>${NAME}</code> in it stands for a variable; the form is that
     *     of the text that comes out
     */
    record Text(@Nullable Form form, boolean substituted) implements ValueType {
        /** What begins the name of a variable. */
        public static final String VARIABLE = "${";
    }

    /** Text, a number or a boolean, each taken as it is written; {@link String}. */
    record Written() implements ValueType {}

    /** Text that was encrypted; {@link dev.berth.schemas.config.SecretText}. */
    record Secret() implements ValueType {}

    /**
     * What {@link Written} is, or text of a form if there is one, or a mapping that names where the
     * text comes from; {@link dev.berth.schemas.config.EnvValue}.
     */
    record EnvText(Shape reference, @Nullable Form form) implements ValueType {}

    /**
     * What {@link Written} is, encrypted or not, and no mapping; {@link
     * dev.berth.schemas.config.EnvValue.Literal}.
     */
    record EnvLiteral() implements ValueType {}

    /**
     * A variable: what {@link EnvLiteral} is, or a mapping; {@link
     * dev.berth.schemas.config.EnvVariable}.
     */
    record Variable(Shape mapping) implements ValueType {
        /** The key of the mapping whose text may name variables of the Instance. */
        public static final String VALUE = "value";
    }

    /** A part of a document; {@link dev.berth.schemas.config.Patch}. */
    record PartOfADocument() implements ValueType {
        /** The keys that it may have. */
        public static final List<String> KEYS = List.of("metadata", "spec", "data");
    }

    /** {@link Integer}; both bounds are allowed. */
    record WholeNumber(long min, long max) implements ValueType {}

    /** {@link java.math.BigDecimal} above 0 with at most three decimals. */
    record Amount(long max) implements ValueType {}

    /** {@link Boolean}. */
    record Flag() implements ValueType {}

    /** {@link Duration}; both bounds are allowed. */
    record Span(Duration min, Duration max) implements ValueType {
        /** What a duration is, to follow "expected ". */
        public static final String SAYS = "a duration such as 500ms, 30s, 5m or 1h";
    }

    /** {@link ByteSize}; both bounds are allowed. */
    record Size(ByteSize min, ByteSize max) implements ValueType {
        /** What a size is, to follow "expected ". */
        public static final String SAYS = "a size such as 512Mi or 1Gi";
    }

    /** {@link java.time.Instant}. */
    record Moment() implements ValueType {
        /** What a point in time is, to follow "expected ". */
        public static final String SAYS = "a point in time such as 2026-11-21T09:00:00Z";

        /** The form of a point in time in YAML (RFC 3339 section 5.6). */
        public static final String PATTERN =
                "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})";
    }

    /** {@link dev.berth.schemas.config.Command}: a list of words, or one line. */
    record Words() implements ValueType {}

    /** A constant of an enum, lower-case with '-' for '_' unless the enum is {@link Verbatim}. */
    record Choice(Class<? extends Enum<?>> type) implements ValueType {
        /** The words allowed, in declaration order. */
        public List<String> words() {
            return List.of(type.getEnumConstants()).stream().map(Choice::word).toList();
        }

        /** How YAML spells a constant. */
        public static String word(Enum<?> constant) {
            return constant.getDeclaringClass().isAnnotationPresent(Verbatim.class)
                    ? constant.name()
                    : constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A mapping with known keys; a record. */
    record Nested(Shape shape) implements ValueType {}

    /** {@link List}. */
    record ListOf(ValueType item) implements ValueType {}

    /** {@link java.util.Map} from {@link String}; {@code keys} is the form of its keys. */
    record MapOf(ValueType value, @Nullable Form keys) implements ValueType {}

    /**
     * The form a text must have.
     *
     * @param pattern the whole text must match; in the dialect that Java and ECMA-262 share
     * @param says what the form is, to follow "expected "
     * @param mayHoldLogin a wrong text may hold a password
     */
    record Form(Pattern pattern, String says, boolean mayHoldLogin) {
        public boolean fits(String text) {
            return pattern.matcher(text).matches();
        }
    }
}
