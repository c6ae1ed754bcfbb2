package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.jgit.errors.TransportException;
import org.junit.jupiter.api.Test;

final class FaultTextTest {
    private static RemoteFault explain(Throwable thrown) {
        return new FaultText(
                        ScratchRepo.url("https://ada:s3cret@example.com/x"),
                        new Credentials.Token("t0ken"),
                        Duration.ofSeconds(15))
                .explain(thrown);
    }

    @Test
    void explain_diskFull_saysSoAndDoesNotBlameTheCopy() {
        RemoteFault fault =
                explain(
                        new TransportException(
                                "https://example.com/x: failed",
                                new FileSystemException("x", null, "No space left on device")));
        assertThat(fault.getMessage()).contains("disk").contains("full").contains("free some");
        assertThat(fault.perhapsLocal()).isFalse();
        assertThat(explain(new IOException("No space left on device")).getMessage())
                .contains("free some");
    }

    @Test
    void explain_certificateOrRoute_saysWhich() {
        assertThat(explain(new SSLHandshakeException("PKIX path building failed")).getMessage())
                .contains("no TLS connection to https://example.com/x")
                .contains("PKIX");
        assertThat(explain(new NoRouteToHostException("x")).getMessage()).contains("no route");
    }

    @Test
    void explain_wrongToken_doesNotShowIt() {
        assertThat(
                        explain(
                                        new TransportException(
                                                "https://t0ken@example.com/x: not authorized"))
                                .getMessage())
                .contains("refuses the token")
                .doesNotContain("t0ken")
                .doesNotContain("s3cret");
    }

    @Test
    void explain_brokenProtocol_mayBeTheCopysFault() {
        assertThat(explain(new TransportException("x", new EOFException())).perhapsLocal())
                .isTrue();
    }

    @Test
    void clean_urlWithLogin_losesIt() {
        assertThat(FaultText.clean("GET https://ada:s3cret@example.com/x\n failed"))
                .isEqualTo("GET https://example.com/x failed");
    }

    @Test
    void clean_endlessMessage_isCut() {
        assertThat(FaultText.clean("x".repeat(10_000))).hasSizeLessThan(400);
    }
}
