package dev.berth.reconciler.simulation;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A value as the Java expression that makes it. */
final class JavaText {
    private JavaText() {}

    static String of(Object value) {
        return switch (value) {
            case Record made -> "new " + name(made.getClass()) + arguments(made);
            case Enum<?> constant -> name(constant.getDeclaringClass()) + "." + constant.name();
            case List<?> list ->
                    list.stream()
                            .map(JavaText::of)
                            .collect(Collectors.joining(", ", "List.of(", ")"));
            case Duration time -> "Duration.ofMillis(" + time.toMillis() + ")";
            case String text -> '"' + text + '"';
            case Long number -> number + "L";
            default -> value.toString();
        };
    }

    private static String arguments(Record made) {
        return Stream.of(made.getClass().getRecordComponents())
                .map(component -> of(read(component, made)))
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static Object read(RecordComponent component, Record made) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(made);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName() : name(outer) + "." + type.getSimpleName();
    }
}
