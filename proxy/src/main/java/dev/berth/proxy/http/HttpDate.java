package dev.berth.proxy.http;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates of header fields: IMF-fixdate (RFC 9110 section 5.6.7). */
public final class HttpDate {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private HttpDate() {}

    /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    public static String format(Instant instant) {
        return FORM.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** The instant, or {@code null} if the text is anything but an IMF-fixdate. */
    public static @Nullable Instant parse(String text) {
        try {
            return LocalDateTime.parse(text, FORM).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** The instant as precise as a date can say it. */
    public static Instant truncate(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }
}
