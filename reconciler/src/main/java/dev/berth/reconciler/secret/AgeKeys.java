package dev.berth.reconciler.secret;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.framework.armor.ArmoredDecryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import dev.berth.reconciler.desired.yaml.Mark;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The age identities this Berth holds: what opens files sealed for it. Immutable, thread-safe;
 * prints public keys only. Several make a rotation possible: add the new one, seal again, remove
 * the old one.
 */
public final class AgeKeys {
    /** More than any wrapped data key needs. */
    private static final int LONGEST = 64 * 1024;

    private static final AgeKeys NONE = new AgeKeys(List.of());

    private final List<AgeIdentity> identities;

    private AgeKeys(List<AgeIdentity> identities) {
        this.identities = List.copyOf(identities);
    }

    public static AgeKeys none() {
        return NONE;
    }

    /**
     * Reads what {@code age-keygen} writes: an identity a line, {@code #} comments, blank lines.
     *
     * @param file for the messages
     * @param faults is told each line that is no identity; such lines are left out
     */
    public static AgeKeys read(String file, String text, Consumer<SecretFault> faults) {
        List<AgeIdentity> identities = new ArrayList<>();
        int number = 0;
        for (String raw : text.split("\\R", -1)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            AgeIdentity identity = AgeIdentity.parse(line);
            if (identity == null) {
                faults.accept(new SecretFault(file, new Mark(number, 1), "", complaint(line)));
            } else {
                identities.add(identity);
            }
        }
        return new AgeKeys(identities);
    }

    private static String complaint(String line) {
        if (line.startsWith("AGE-PLUGIN-")) {
            return "identities of plugins can't be used here; make one with age-keygen";
        } else if (line.startsWith("-----BEGIN")) {
            return "SSH keys and encrypted identities can't be used here; make one with age-keygen";
        } else if (AgeRecipient.isKey(line)) {
            return "this is a public key; the identity is the line that begins with AGE-SECRET-KEY-1";
        }
        return "not an age identity: it begins with AGE-SECRET-KEY-1, as age-keygen writes it";
    }

    /** These and those. */
    public AgeKeys and(AgeKeys others) {
        List<AgeIdentity> all = new ArrayList<>(identities);
        all.addAll(others.identities);
        return new AgeKeys(all);
    }

    /** The public keys, in the order of the identities. */
    public List<AgeRecipient> recipients() {
        return identities.stream().map(AgeIdentity::recipient).distinct().toList();
    }

    /** What an armoured age file holds; {@code null} when no identity opens it or it is damaged. */
    byte @Nullable [] open(String armoured) {
        if (identities.isEmpty() || armoured.length() > LONGEST) {
            return null;
        }
        byte[] file =
                (armoured.replace("\r\n", "\n").strip() + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            List<RecipientStanzaReader> readers = new ArrayList<>();
            for (AgeIdentity identity : identities) {
                readers.add(
                        X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(
                                identity.text()));
            }
            return read(file, readers);
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            // The library says no in many ways, some unchecked; all mean that this can't be opened.
            return null;
        }
    }

    private static byte[] read(byte[] file, List<RecipientStanzaReader> readers)
            throws GeneralSecurityException, IOException {
        try (ReadableByteChannel source = Channels.newChannel(new ByteArrayInputStream(file));
                ReadableByteChannel channel =
                        new ArmoredDecryptingChannelFactory()
                                .newDecryptingChannel(source, readers);
                InputStream plain = Channels.newInputStream(channel)) {
            return plain.readAllBytes();
        }
    }

    @Override
    public String toString() {
        return recipients().toString();
    }
}
