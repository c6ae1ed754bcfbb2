package dev.berth.proxy.tls;

import dev.berth.proxy.disk.PrivateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of session tickets (RFC 5077, RFC 8446 section 4.6.1): the newest seals, the older ones
 * still open what they have sealed. They lie in a file, so that a restarted edge, or the successor
 * of a running one, resumes the sessions of the one before. A stolen key opens the TLS 1.2 sessions
 * it sealed, so each serves for half a day only. One thread at a time.
 */
final class TicketKeys {
    /** Name, HMAC and AES key, 16 bytes each. */
    static final int KEY_BYTES = 48;

    private static final Logger LOG = LoggerFactory.getLogger(TicketKeys.class);
    private static final Duration SEALS = Duration.ofHours(12);
    private static final int KEPT = 3;
    private static final int ENTRY_BYTES = Long.BYTES + KEY_BYTES;

    private final Path file;
    private final SecureRandom random = new SecureRandom();
    private List<Key> keys = List.of();

    TicketKeys(Path file) {
        this.file = file;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Key(Instant made, byte[] bytes) {}

    /**
     * The keys that count now, the newest first; reads the file and makes a new key if it is due.
     */
    List<byte[]> current(Instant now) {
        List<Key> shared = read();
        keys = shared.isEmpty() ? keys : shared;
        if (keys.isEmpty() || !keys.getFirst().made().plus(SEALS).isAfter(now)) {
            rotate(now);
        }
        return keys.stream().map(Key::bytes).toList();
    }

    private void rotate(Instant now) {
        byte[] fresh = new byte[KEY_BYTES];
        random.nextBytes(fresh);
        List<Key> next = new ArrayList<>();
        next.add(new Key(now, fresh));
        keys.stream()
                .filter(key -> key.made().plus(SEALS.multipliedBy(KEPT)).isAfter(now))
                .limit(KEPT - 1)
                .forEach(next::add);
        keys = List.copyOf(next);
        ByteBuffer all = ByteBuffer.allocate(ENTRY_BYTES * keys.size());
        keys.forEach(key -> all.putLong(key.made().toEpochMilli()).put(key.bytes()));
        try {
            PrivateFile.write(file, all.array());
        } catch (IOException e) {
            LOG.warn("the keys of session tickets cannot be kept at {}: {}", file, e.toString());
        }
    }

    private List<Key> read() {
        try {
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
            List<Key> read = new ArrayList<>();
            while (all.remaining() >= ENTRY_BYTES) {
                Instant made = Instant.ofEpochMilli(all.getLong());
                byte[] bytes = new byte[KEY_BYTES];
                all.get(bytes);
                read.add(new Key(made, bytes));
            }
            return read;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            LOG.warn("the keys of session tickets at {} cannot be read: {}", file, e.toString());
            return List.of();
        }
    }
}
