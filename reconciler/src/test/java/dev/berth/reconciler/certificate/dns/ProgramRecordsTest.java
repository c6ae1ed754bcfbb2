package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.reconciler.certificate.DnsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramRecordsTest {
    private static final String FQDN = "_acme-challenge.example.com.";

    @TempDir private Path directory;

    private ProgramRecords program(String script, String permissions, Duration within)
            throws IOException {
        Path file = Files.writeString(directory.resolve("dns.sh"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return new ProgramRecords(directory, "dns.sh", within, new Nameservers(new HurriedClock()));
    }

    private ProgramRecords program(String script) throws IOException {
        return program(script, "rwx------", Duration.ofSeconds(20));
    }

    @Test
    void putAndRemove_areSaidToTheProgram() throws Exception {
        ProgramRecords records = program("echo \"$#:$1:$2:$3\" >> seen");

        records.put(FQDN, "dig est;ls");
        records.remove(FQDN, "-n");

        assertThat(directory.resolve("seen"))
                .content()
                .isEqualTo("3:present:" + FQDN + ":dig est;ls\n3:cleanup:" + FQDN + ":-n\n");
    }

    @Test
    void put_environment_isThePathAlone() throws Exception {
        program("env > seen").put(FQDN, "x");

        assertThat(Files.readAllLines(directory.resolve("seen")))
                .allMatch(line -> line.matches("(PATH|PWD|OLDPWD|SHLVL|_)=.*"));
    }

    @Test
    void put_programFails_saysItsLastLine() throws Exception {
        ProgramRecords records = program("echo one; echo 'no such\tzone' >&2; exit 3");

        assertThatThrownBy(() -> records.put(FQDN, "x"))
                .isInstanceOfSatisfying(
                        DnsException.class, e -> assertThat(e.permanent()).isFalse())
                .hasMessageEndingWith("dns.sh ended with 3: no such?zone");
    }

    @Test
    void put_programHangs_isEnded() throws Exception {
        ProgramRecords records = program("sleep 600", "rwx------", Duration.ofMillis(300));

        assertThatThrownBy(() -> records.put(FQDN, "x")).hasMessageContaining("did not end within");
    }

    @Test
    void put_noProgramOrNotExecutable_saysWhatToDo() throws Exception {
        ProgramRecords plain = program("true", "rw-------", Duration.ofSeconds(20));
        ProgramRecords missing =
                new ProgramRecords(
                        directory, "gone", Duration.ZERO, new Nameservers(new HurriedClock()));

        for (ProgramRecords records : new ProgramRecords[] {plain, missing}) {
            assertThat(catchThrowableOfType(DnsException.class, () -> records.put(FQDN, "x")))
                    .hasMessageContaining("is no executable file")
                    .returns(true, DnsException::permanent);
        }
    }

    @Test
    void put_programThatOthersMayWrite_isNotRun() throws Exception {
        ProgramRecords records = program("touch seen", "rwxrwx---", Duration.ofSeconds(20));

        assertThatThrownBy(() -> records.put(FQDN, "x")).hasMessageContaining("others may write");
        assertThat(directory.resolve("seen")).doesNotExist();
    }
}
