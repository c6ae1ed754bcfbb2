package dev.berth.proxy.http;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The two header fields that tie the parts of a trace together (W3C Trace Context, Recommendation
 * of 2021, sections 3.2 and 3.3). Pure.
 */
public final class TraceContext {
    /** Longest tracestate passed on; the specification asks for at least that. */
    static final int MAX_STATE = 512;

    private static final int MAX_MEMBERS = 32;
    private static final int MAX_KEY = 256;
    private static final int MAX_VALUE = 256;
    private static final int LENGTH = 55;
    private static final int VERSION_END = 2;
    private static final int TRACE_END = 35;
    private static final int PARENT_END = 52;

    private TraceContext() {}

    /**
     * The trace of a traceparent; {@code null} when it has to be ignored: version ff, an id of
     * zeros, a digit that is none or in upper case, a wrong length.
     */
    public static @Nullable String traceId(String parent) {
        boolean fits =
                parent.length() >= LENGTH
                        && parent.charAt(VERSION_END) == '-'
                        && parent.charAt(TRACE_END) == '-'
                        && parent.charAt(PARENT_END) == '-'
                        && isHex(parent, 0, VERSION_END)
                        && isHex(parent, VERSION_END + 1, TRACE_END)
                        && isHex(parent, TRACE_END + 1, PARENT_END)
                        && isHex(parent, PARENT_END + 1, LENGTH);
        if (!fits || parent.startsWith("ff")) {
            return null;
        }
        boolean rest =
                parent.length() == LENGTH
                        || (!parent.startsWith("00") && parent.charAt(LENGTH) == '-');
        boolean zeros =
                isZero(parent, VERSION_END + 1, TRACE_END)
                        || isZero(parent, TRACE_END + 1, PARENT_END);
        return rest && !zeros ? parent.substring(VERSION_END + 1, TRACE_END) : null;
    }

    /**
     * A traceparent that begins a trace. It says "sampled": most tracers follow their parent, and
     * would otherwise record nothing of any request that came through the edge.
     *
     * @param id 32 lower-case hex digits, not all zero
     */
    public static String begin(String id) {
        String span = id.substring(16);
        return "00-" + id + '-' + (isZero(span, 0, 16) ? "0000000000000001" : span) + "-01";
    }

    /** Whether field values make one tracestate that may be passed on. */
    public static boolean isState(List<String> values) {
        String all = String.join(",", values);
        if (all.length() > MAX_STATE) {
            return false;
        }
        Set<String> keys = new HashSet<>();
        int members = 0;
        for (String part : all.split(",", -1)) {
            String member = part.strip();
            if (member.isEmpty()) {
                continue;
            }
            members++;
            int equals = member.indexOf('=');
            if (members > MAX_MEMBERS
                    || equals < 0
                    || !isKey(member.substring(0, equals))
                    || !isValue(member, equals + 1)
                    || !keys.add(member.substring(0, equals))) {
                return false;
            }
        }
        return members > 0;
    }

    /** Whether it is an id that {@link #begin} may make a trace of. */
    public static boolean isTraceId(String id) {
        return id.length() == 32 && isHex(id, 0, 32) && !isZero(id, 0, 32);
    }

    private static boolean isKey(String key) {
        boolean first =
                !key.isEmpty() && key.length() <= MAX_KEY && isLowerAlphanumeric(key.charAt(0));
        return first
                && key.chars().allMatch(c -> isLowerAlphanumeric(c) || "_-*/@".indexOf(c) >= 0);
    }

    private static boolean isValue(String member, int from) {
        boolean fits = member.length() > from && member.length() - from <= MAX_VALUE;
        for (int i = from; i < member.length(); i++) {
            char c = member.charAt(i);
            fits &= c >= ' ' && c < 0x7f && c != '=';
        }
        return fits;
    }

    private static boolean isLowerAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }
}
