package dev.berth.proxy.fields;

import io.netty.handler.codec.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule on the fields of a message as they come off the wire (RFC 9113 section 8, RFC 9114
 * section 4). A message that breaks one is malformed: its stream is reset and nothing of it goes
 * anywhere. Stateless.
 */
public sealed interface FieldRule
        permits FieldBytes,
                ConnectionFields,
                PseudoFields,
                AuthorityField,
                ContentLengthField,
                TrailerFields {
    /** For heads, in the order in which they run. Each relies on those before it. */
    List<FieldRule> REQUEST =
            List.of(
                    new FieldBytes(),
                    new ConnectionFields(),
                    new PseudoFields(),
                    new AuthorityField(),
                    new ContentLengthField());

    /** The same for trailers. */
    List<FieldRule> TRAILERS =
            List.of(new FieldBytes(), new ConnectionFields(), new TrailerFields());

    /** For heads of answers: what a backend reflects must not become a second field. */
    List<FieldRule> RESPONSE = List.of(new FieldBytes());

    /** What is wrong; {@code null} when all is well. */
    @Nullable String violation(Headers<CharSequence, CharSequence, ?> fields);

    /** What is wrong by the first of these rules that the fields break. */
    static @Nullable String violation(
            List<FieldRule> rules, Headers<CharSequence, CharSequence, ?> fields) {
        for (FieldRule rule : rules) {
            String violation = rule.violation(fields);
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }
}
