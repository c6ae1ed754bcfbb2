package dev.berth.reconciler.source;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.jspecify.annotations.Nullable;

/**
 * The text of an OpenSSH allowed_signers file (ssh-keygen(1), "ALLOWED SIGNERS"), line by line.
 * JGit checks signatures against such a file and trusts none of it when one line is wrong, so it
 * gets only the lines that are right.
 *
 * @param lines those that are right, each as JGit reads it
 * @param faults what is wrong with the others: {@code line 3 ...}
 */
public record AllowedSigners(List<String> lines, List<String> faults) {
    private static final Pattern LINE =
            Pattern.compile(
                    "(?<who>\"[^\"]+\"|[^\\s\"]+)"
                            + "(?<options>(?:\\s+(?:cert-authority|namespaces=\"[^\"]+\"|valid-(?:after|before)=\\S+))*)"
                            + "\\s+(?<type>[a-z][a-z0-9@.-]*)\\s+(?<key>[A-Za-z0-9+/=]+)(?:\\s.*)?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern DATE =
            Pattern.compile(
                    "valid-(?:after|before)=(?!\"?[0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?Z?\"?(?:\\s|$))\\S+",
                    Pattern.CASE_INSENSITIVE);
    private static final Set<String> TYPES =
            Set.of(
                    "ssh-ed25519",
                    "ssh-rsa",
                    "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384",
                    "ecdsa-sha2-nistp521");
    private static final Pattern SPACES = Pattern.compile("\\s+");

    private static final String NO_FORM =
            "is not of the form: ada@example.com ssh-ed25519 AAAAC3Nz... (names, options, type and key)";

    public AllowedSigners {
        lines = List.copyOf(lines);
        faults = List.copyOf(faults);
    }

    /** Reads a file. One without any key that may sign has a fault for that. */
    public static AllowedSigners parse(String text) {
        List<String> lines = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher parts = LINE.matcher(line);
            String fault = parts.matches() ? fault(parts) : NO_FORM;
            if (fault == null) {
                lines.add(normal(parts));
            } else {
                faults.add("line %d %s".formatted(number, fault));
            }
        }
        if (lines.isEmpty() && faults.isEmpty()) {
            faults.add("it names no key");
        }
        return new AllowedSigners(lines, faults);
    }

    private static @Nullable String fault(Matcher parts) {
        String options = parts.group("options");
        if (DATE.matcher(options).find()) {
            return "has a date that is not of the form 20261121 or 202611210900, with Z for UTC";
        }
        String type = parts.group("type");
        if (type.startsWith("sk-")) {
            return "has a key of a security key (%s), which Berth can't check; list another key"
                    .formatted(type);
        }
        if (!TYPES.contains(type)) {
            return "has a key of type %s, which Berth can't check; use ssh-ed25519".formatted(type);
        }
        return isKey(type, parts.group("key")) ? null : "has a broken key: copy the .pub file anew";
    }

    private static boolean isKey(String type, String key) {
        try {
            return PublicKeyEntry.parsePublicKeyEntry(type + " " + key)
                            .resolvePublicKey(null, null, null)
                    != null;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /** JGit wants options apart by single spaces. */
    private static String normal(Matcher parts) {
        String options = SPACES.matcher(parts.group("options").strip()).replaceAll(" ");
        return String.join(
                        " ",
                        parts.group("who"),
                        options,
                        parts.group("type"),
                        parts.group("key"),
                        "-")
                .replace("  ", " ");
    }

    /** The file that JGit reads. */
    String text() {
        return String.join("\n", lines) + "\n";
    }
}
