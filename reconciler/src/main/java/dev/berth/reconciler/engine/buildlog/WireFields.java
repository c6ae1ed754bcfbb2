package dev.berth.reconciler.engine.buildlog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks over the fields of one protobuf message. Source: the <a
 * href="https://protobuf.dev/programming-guides/encoding/">protobuf encoding</a>. Groups, which are
 * out of use, count as malformed. Not thread-safe.
 */
public final class WireFields {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final byte[] message;
    private int at;
    private int number;
    private int type;
    private long varint;
    private int begin;
    private int end;

    public WireFields(byte[] message) {
        this.message = message;
    }

    /**
     * Goes to the next field; false at the message's end.
     *
     * @throws IllegalArgumentException if the message is malformed
     */
    public boolean next() {
        if (at == message.length) {
            return false;
        }
        long tag = readVarint();
        number = (int) (tag >>> 3);
        type = (int) (tag & 7);
        switch (type) {
            case VARINT -> varint = readVarint();
            case FIXED64 -> skip(8);
            case BYTES -> skip(readVarint());
            case FIXED32 -> skip(4);
            default -> throw new IllegalArgumentException("unknown wire type " + type);
        }
        return true;
    }

    /** The field's number. */
    public int number() {
        return number;
    }

    /** The value of a number or a truth; 0 if the field is none. */
    public long varint() {
        return type == VARINT ? varint : 0;
    }

    /** A copy of the value; empty if the field is a number. */
    public byte[] bytes() {
        return type == BYTES ? Arrays.copyOfRange(message, begin, end) : new byte[0];
    }

    /** The value as UTF-8; malformed becomes U+FFFD. */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private void skip(long length) {
        if (length < 0 || length > message.length - at) {
            throw new IllegalArgumentException("a field ends after its message");
        }
        begin = at;
        at += (int) length;
        end = at;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == message.length) {
                throw new IllegalArgumentException("a number ends after its message");
            }
            byte next = message[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 10 bytes");
    }
}
