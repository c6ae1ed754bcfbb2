package dev.berth.reconciler.secret;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.bech32.Bech32;
import com.exceptionfactory.jagged.bech32.Bech32Address;
import com.exceptionfactory.jagged.framework.armor.ArmoredEncryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;

/**
 * Who may open a file: an X25519 public key as the age tool writes it, {@code age1…} (C2SP age
 * specification, section "The X25519 recipient type").
 */
public record AgeRecipient(String text) implements Comparable<AgeRecipient> {
    static final String PREFIX = "age";

    /**
     * @throws IllegalArgumentException if it is no such key
     */
    public AgeRecipient {
        if (!isKey(text)) {
            throw new IllegalArgumentException(
                    "not an age public key: it is age1 and 58 characters, printed by age-keygen");
        }
    }

    @Override
    public int compareTo(AgeRecipient other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }

    static boolean isKey(String text) {
        try {
            Bech32Address address = Bech32.getDecoder().decode(text);
            return PREFIX.contentEquals(address.getHumanReadablePart())
                    && address.getData().length == 32;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** An armoured age file that only the holder of the key can open; another one at each call. */
    String wrap(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            RecipientStanzaWriter stanza =
                    X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(text);
            try (WritableByteChannel channel =
                    new ArmoredEncryptingChannelFactory()
                            .newEncryptingChannel(Channels.newChannel(bytes), List.of(stanza))) {
                channel.write(ByteBuffer.wrap(plain));
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("age encryption for " + text, e);
        }
        return bytes.toString(StandardCharsets.US_ASCII);
    }
}
