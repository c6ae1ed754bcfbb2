package dev.berth.schemas.config.shape;

import dev.berth.schemas.config.ByteSize;
import dev.berth.schemas.config.Command;
import dev.berth.schemas.config.Default;
import dev.berth.schemas.config.Describe;
import dev.berth.schemas.config.Durations;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.EnvVariable;
import dev.berth.schemas.config.ExactlyOne;
import dev.berth.schemas.config.Excludes;
import dev.berth.schemas.config.Key;
import dev.berth.schemas.config.Matches;
import dev.berth.schemas.config.Needs;
import dev.berth.schemas.config.Patch;
import dev.berth.schemas.config.Range;
import dev.berth.schemas.config.SecretText;
import dev.berth.schemas.config.Substituted;
import dev.berth.schemas.config.Within;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A record of the config format as a YAML mapping.
 *
 * @param constructor takes a value for each field, in their order
 * @param fields in the order of the record's components, one for each
 * @param exactlyOne keys of which exactly one is given; empty = no such rule
 */
public record Shape(
        Constructor<? extends Record> constructor,
        String description,
        List<Field> fields,
        List<String> exactlyOne) {
    private static final Duration LONGEST = Duration.ofDays(3650);

    public Shape {
        fields = List.copyOf(fields);
        exactlyOne = List.copyOf(exactlyOne);
    }

    /**
     * Reads the record's components and annotations.
     *
     * @throws IllegalArgumentException if a component has a type that YAML has no form for
     */
    public static Shape of(Class<? extends Record> type) {
        Describe describe = type.getAnnotation(Describe.class);
        ExactlyOne exactlyOne = type.getAnnotation(ExactlyOne.class);
        return new Shape(
                constructor(type),
                describe == null ? "" : describe.value(),
                Stream.of(type.getRecordComponents()).map(Shape::field).toList(),
                exactlyOne == null ? List.of() : List.of(exactlyOne.value()));
    }

    /** The field with that key, if there is one. */
    public @Nullable Field field(String key) {
        return fields.stream().filter(f -> f.key().equals(key)).findFirst().orElse(null);
    }

    private static Constructor<? extends Record> constructor(Class<? extends Record> type) {
        Class<?>[] types =
                Stream.of(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record has a canonical constructor", e);
        }
    }

    private static Field field(RecordComponent component) {
        Describe describe = component.getAnnotation(Describe.class);
        Key key = component.getAnnotation(Key.class);
        Needs needs = component.getAnnotation(Needs.class);
        Excludes excludes = component.getAnnotation(Excludes.class);
        return new Field(
                key == null ? component.getName() : key.value(),
                typeOf(component.getGenericType(), component),
                describe == null ? "" : describe.value(),
                describe == null ? List.of() : List.of(describe.examples()),
                presence(component),
                needs == null ? null : needs.value(),
                excludes == null ? null : excludes.value(),
                isSubstituted(component));
    }

    private static boolean isSubstituted(RecordComponent component) {
        return component.isAnnotationPresent(Substituted.class);
    }

    private static Field.Presence presence(RecordComponent component) {
        Default given = component.getAnnotation(Default.class);
        if (given != null) {
            return new Field.DefaultsTo(given.value());
        }
        boolean optional =
                component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                        || component.getType() == List.class
                        || component.getType() == Map.class;
        return optional ? new Field.Optional() : new Field.Required();
    }

    private static ValueType typeOf(Type type, RecordComponent component) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class
                    ? new ValueType.ListOf(typeOf(arguments[0], component))
                    : mapOf(arguments[1], component);
        }
        if (type instanceof Class<?> plain) {
            return plainType(plain, component);
        }
        throw unreadable(component);
    }

    private static ValueType mapOf(Type values, RecordComponent component) {
        return new ValueType.MapOf(valueOf(values, component), form(component));
    }

    private static ValueType valueOf(Type values, RecordComponent component) {
        if (values == String.class) {
            return new ValueType.Written();
        } else if (values == EnvVariable.class) {
            return new ValueType.Variable(of(EnvVariable.class));
        } else if (values == SecretText.class) {
            return new ValueType.Secret();
        }
        return typeOf(values, component);
    }

    private static ValueType plainType(Class<?> type, RecordComponent component) {
        if (type == String.class) {
            return new ValueType.Text(form(component), isSubstituted(component));
        } else if (type == Integer.class || type == int.class) {
            Range range = annotation(component, Range.class);
            return new ValueType.WholeNumber(range.min(), range.max());
        } else if (type == BigDecimal.class) {
            return new ValueType.Amount(annotation(component, Range.class).max());
        } else if (type == boolean.class || type == Boolean.class) {
            return new ValueType.Flag();
        } else if (type == Duration.class) {
            return span(component);
        } else if (type == ByteSize.class) {
            Within within = annotation(component, Within.class);
            return new ValueType.Size(ByteSize.parse(within.min()), ByteSize.parse(within.max()));
        } else if (type == Command.class) {
            return new ValueType.Words();
        } else if (type == Patch.class) {
            return new ValueType.PartOfADocument();
        } else if (type == Instant.class) {
            return new ValueType.Moment();
        } else if (type == EnvValue.class) {
            return new ValueType.EnvText(of(EnvValue.FromSecret.class), form(component));
        } else if (type == EnvValue.Literal.class) {
            return new ValueType.EnvLiteral();
        } else if (type.isEnum()) {
            return new ValueType.Choice(enumType(type));
        } else if (type.isRecord()) {
            return new ValueType.Nested(Shape.of(type.asSubclass(Record.class)));
        }
        throw unreadable(component);
    }

    private static ValueType span(RecordComponent component) {
        Within within = component.getAnnotation(Within.class);
        return within == null
                ? new ValueType.Span(Duration.ZERO, LONGEST)
                : new ValueType.Span(Durations.parse(within.min()), Durations.parse(within.max()));
    }

    private static ValueType.@Nullable Form form(RecordComponent component) {
        Matches matches = component.getAnnotation(Matches.class);
        return matches == null
                ? null
                : new ValueType.Form(
                        Pattern.compile(matches.pattern()), matches.says(), matches.mayHoldLogin());
    }

    private static <A extends Annotation> A annotation(RecordComponent component, Class<A> type) {
        A annotation = component.getAnnotation(type);
        if (annotation == null) {
            throw new IllegalArgumentException(
                    "%s needs @%s".formatted(component, type.getSimpleName()));
        }
        return annotation;
    }

    @SuppressWarnings("unchecked") // checked by isEnum
    private static Class<? extends Enum<?>> enumType(Class<?> type) {
        return (Class<? extends Enum<?>>) type;
    }

    private static IllegalArgumentException unreadable(RecordComponent component) {
        return new IllegalArgumentException("YAML has no form for " + component);
    }
}
