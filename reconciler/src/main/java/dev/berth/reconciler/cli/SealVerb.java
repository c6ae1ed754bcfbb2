package dev.berth.reconciler.cli;

import dev.berth.reconciler.secret.AgeIdentity;
import dev.berth.reconciler.secret.AgeRecipient;
import dev.berth.reconciler.secret.HomeAgeKeys;
import dev.berth.reconciler.secret.Sealer;
import dev.berth.reconciler.secret.SecretFault;
import dev.berth.reconciler.secret.SecretKeys;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.Document;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code seal}: encrypts files of the config repo in place, in the format of sops, and makes the
 * keys for that. Values come from files or standard input, never from arguments, which every user
 * of a machine can see.
 */
final class SealVerb implements Verb {
    private static final Pattern NAME =
            Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?\\.[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final int LONGEST_VALUE = 100_000;

    private final Map<String, String> environment;
    private final Supplier<InputStream> input;

    SealVerb(Map<String, String> environment) {
        this(environment, () -> System.in);
    }

    SealVerb(Map<String, String> environment, Supplier<InputStream> input) {
        this.environment = environment;
        this.input = input;
    }

    @Override
    public Usage usage() {
        return new Usage(
                "seal [--recipient age1...]... [--all] FILE... | --value NAME.KEY | --new-key |"
                        + " --recipients | --rotate",
                "encrypt secrets of the config repo, in place");
    }

    @Override
    public Exit run(List<String> arguments, Console console) throws UsageException {
        Order order = Order.of(arguments);
        try {
            return switch (order.task()) {
                case FILES -> sealAll(order, console);
                case VALUE -> sealValue(order, console);
                case NEW_KEY -> newKey(console);
                case RECIPIENTS -> recipients(console);
                case ROTATE -> rotate(console);
            };
        } catch (IOException | IllegalStateException e) {
            console.complain("can't seal: " + e.getMessage());
            return Exit.FAILED;
        }
    }

    private enum Task {
        FILES,
        VALUE,
        NEW_KEY,
        RECIPIENTS,
        ROTATE
    }

    /** What the arguments ask for. */
    private record Order(
            Task task, Set<AgeRecipient> recipients, boolean everything, List<String> names) {
        private Order {
            recipients = Set.copyOf(recipients);
            names = List.copyOf(names);
        }

        static Order of(List<String> arguments) throws UsageException {
            Task task = Task.FILES;
            Set<AgeRecipient> recipients = new LinkedHashSet<>();
            List<String> names = new ArrayList<>();
            boolean everything = false;
            for (int i = 0; i < arguments.size(); i++) {
                String argument = arguments.get(i);
                switch (argument) {
                    case "--recipient" -> {
                        i++;
                        recipients.add(recipient(i < arguments.size() ? arguments.get(i) : ""));
                    }
                    case "--all" -> everything = true;
                    case "--value" -> task = Task.VALUE;
                    case "--new-key" -> task = Task.NEW_KEY;
                    case "--recipients" -> task = Task.RECIPIENTS;
                    case "--rotate" -> task = Task.ROTATE;
                    default -> {
                        if (argument.startsWith("-")) {
                            throw new UsageException("seal has no option " + argument);
                        }
                        names.add(argument);
                    }
                }
            }
            check(task, names);
            return new Order(task, recipients, everything, names);
        }

        private static void check(Task task, List<String> names) throws UsageException {
            switch (task) {
                case FILES -> {
                    if (names.isEmpty()) {
                        throw new UsageException("seal takes the files to encrypt");
                    }
                }
                case VALUE -> {
                    if (names.size() != 1 || !NAME.matcher(names.getFirst()).matches()) {
                        throw new UsageException(
                                "seal --value takes the name and key of a Secret, such as"
                                        + " api.stripe; the value is read from standard input");
                    }
                }
                case NEW_KEY, RECIPIENTS, ROTATE -> {
                    if (!names.isEmpty()) {
                        throw new UsageException("this takes no files: " + names.getFirst());
                    }
                }
            }
        }

        private static AgeRecipient recipient(String text) throws UsageException {
            try {
                return new AgeRecipient(text);
            } catch (IllegalArgumentException e) {
                throw new UsageException("--recipient: " + e.getMessage());
            }
        }
    }

    private Path home() {
        return Path.of(environment.getOrDefault("BERTH_HOME", "/var/lib/berth"));
    }

    private HomeAgeKeys identities(Console console) {
        return new HomeAgeKeys(home(), environment, console::complain);
    }

    private Exit sealAll(Order order, Console console) throws IOException, UsageException {
        Exit exit = Exit.OK;
        for (String name : order.names()) {
            Path file = file(name);
            String text = Files.readString(file, StandardCharsets.UTF_8);
            String sealed = sealed(name, text, order, console);
            if (sealed == null) {
                exit = Exit.FAILED;
            } else if (sealed.equals(text)) {
                console.print(name + ": nothing to seal, it is as it was");
            } else {
                replace(file, sealed);
                console.print(name + ": sealed");
            }
        }
        return exit;
    }

    private static Path file(String name) throws UsageException {
        try {
            Path file = Path.of(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new UsageException("%s is no path: %s".formatted(name, e.getReason()));
        }
        throw new UsageException("there is no file " + name);
    }

    private @Nullable String sealed(String name, String text, Order order, Console console) {
        Sealer sealer =
                new Sealer(
                        identities(console).get(),
                        new SecureRandom(),
                        InstantSource.system(),
                        order.everything() ? Sealer.Extent.EVERYTHING : Sealer.Extent.DATA);
        return switch (seal(sealer, name, text, order, console)) {
            case Sealer.Sealed(String result) -> result;
            case Sealer.Refused(SecretFault fault) -> {
                console.complain(fault.toString());
                yield null;
            }
        };
    }

    /** For those who were named, else for those it was sealed for, else for this Berth. */
    private Sealer.Result seal(
            Sealer sealer, String name, String text, Order order, Console console) {
        Sealer.Result first = sealer.seal(name, text, order.recipients());
        List<AgeRecipient> own = identities(console).get().recipients();
        boolean forNobody = order.recipients().isEmpty() && !text.contains("\nsops:");
        return forNobody && !own.isEmpty() ? sealer.seal(name, text, Set.copyOf(own)) : first;
    }

    /** A whole document on standard output, for a value on standard input. */
    private Exit sealValue(Order order, Console console) throws IOException {
        String name = order.names().getFirst();
        int dot = name.indexOf('.');
        byte[] value = input.get().readNBytes(LONGEST_VALUE + 1);
        if (value.length > LONGEST_VALUE) {
            console.complain("the value is longer than %d bytes".formatted(LONGEST_VALUE));
            return Exit.FAILED;
        }
        String text;
        try {
            text = withoutLineEnd(value);
        } catch (CharacterCodingException e) {
            console.complain(
                    "the value is no UTF-8 text: encode it first, with base64 for one, and decode"
                            + " it where it is used");
            return Exit.FAILED;
        }
        String document =
                """
                apiVersion: %s
                kind: Secret
                metadata:
                  name: %s
                data:
                  %s: %s
                """
                        .formatted(
                                Document.API_VERSION,
                                name.substring(0, dot),
                                Json.write(name.substring(dot + 1)),
                                Json.write(text));
        String sealed = sealed("the value", document, order, console);
        if (sealed == null) {
            return Exit.FAILED;
        }
        console.print(sealed.stripTrailing());
        return Exit.OK;
    }

    /** {@code echo} ends what it writes with one. */
    private static String withoutLineEnd(byte[] value) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        return text.endsWith("\n") && text.indexOf('\n') == text.length() - 1
                ? text.substring(0, text.length() - 1)
                : text;
    }

    private Exit newKey(Console console) throws IOException {
        AgeRecipient recipient = HomeAgeKeys.add(home(), AgeIdentity.generate(new SecureRandom()));
        console.print(recipient.text());
        console.err()
                .println(
                        "The identity is in %s: keep a copy in a safe place. Seal with: ./berth seal --recipient %s FILE"
                                .formatted(HomeAgeKeys.fileIn(home()), recipient));
        return Exit.OK;
    }

    private Exit recipients(Console console) {
        List<AgeRecipient> own = identities(console).get().recipients();
        own.forEach(recipient -> console.print(recipient.text()));
        if (own.isEmpty()) {
            console.complain(
                    "%s has no identity: make one with ./berth seal --new-key"
                            .formatted(HomeAgeKeys.fileIn(home())));
        }
        return own.isEmpty() ? Exit.FAILED : Exit.OK;
    }

    private Exit rotate(Console console) throws IOException {
        SecureRandom random = new SecureRandom();
        SecretKeys.open(home(), random).rotate(random);
        console.print(
                "A new key encrypts what Berth keeps at rest; the next start takes what is there"
                        + " over to it.");
        return Exit.OK;
    }

    private static void replace(Path file, String text) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path next = Files.createTempFile(directory, ".seal-", "");
        try {
            Files.writeString(next, text, StandardCharsets.UTF_8);
            Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(file));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
