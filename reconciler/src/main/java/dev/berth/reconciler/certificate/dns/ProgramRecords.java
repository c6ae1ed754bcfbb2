package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.DnsRecords;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Has a program of the host write records: {@code <program> present|cleanup <fqdn> <value>},
 * without a shell. Whoever may push config only names it: it lies in a directory of the owner's. It
 * gets nothing of our environment but the path. Thread-safe.
 */
final class ProgramRecords implements DnsRecords {
    private static final int MOST_SAID = 200;
    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final Path directory;
    private final Path program;
    private final Duration within;
    private final Nameservers names;

    /**
     * @param directory the owner's
     * @param name a file name
     * @param within a run
     */
    ProgramRecords(Path directory, String name, Duration within, Nameservers names) {
        this.directory = directory;
        this.program = directory.resolve(name);
        this.within = within;
        this.names = names;
    }

    @Override
    public void put(String fqdn, String value) throws DnsException {
        run("present", fqdn, value);
    }

    @Override
    public void remove(String fqdn, String value) throws DnsException {
        run("cleanup", fqdn, value);
    }

    @Override
    public void awaitVisible(String fqdn, String value, Duration most)
            throws DnsException, InterruptedException {
        names.awaitVisible(fqdn, value, most);
    }

    private void run(String what, String fqdn, String value) throws DnsException {
        try {
            check();
            Path output = Files.createTempFile("dns", ".out");
            try {
                run(
                        List.of(program.toAbsolutePath().toString(), what, fqdn, value),
                        output.toFile());
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new DnsException("%s can't be run: %s".formatted(program, e.getMessage()));
        }
    }

    private void check() throws DnsException, IOException {
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw new DnsException(
                    "%s is no executable file: put the program there (chmod 700)"
                            .formatted(program),
                    true,
                    null);
        }
        if (!Collections.disjoint(Files.getPosixFilePermissions(program), OF_OTHERS)) {
            throw new DnsException(
                    "others may write %s: run chmod 700 %s".formatted(program, program),
                    true,
                    null);
        }
    }

    private void run(List<String> command, File output) throws DnsException, IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(output);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(Set.of("PATH"));
        Process process = builder.start();
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DnsException(
                        "%s did not end within %d s".formatted(program, within.toSeconds()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DnsException("%s was ended, as the process ends".formatted(program));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            var _ = process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new DnsException(
                    "%s ended with %d%s"
                            .formatted(program, process.exitValue(), lastLine(output.toPath())));
        }
    }

    private static String lastLine(Path output) throws IOException {
        String text = Files.readString(output, StandardCharsets.ISO_8859_1).strip();
        String line = text.substring(text.lastIndexOf('\n') + 1).replaceAll("[^ -~]", "?");
        return line.isEmpty()
                ? ""
                : ": " + (line.length() > MOST_SAID ? line.substring(0, MOST_SAID) + "…" : line);
    }
}
