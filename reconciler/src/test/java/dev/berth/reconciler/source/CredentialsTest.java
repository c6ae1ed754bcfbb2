package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class CredentialsTest {
    @Test
    void toString_token_isMasked() {
        assertThat(new Credentials.Token("s3cret")).hasToString("Token[value=***]");
    }

    @Test
    void credentialsFor_hosts_givesEachHostItsOwnOnly() {
        Credentials token = new Credentials.Token("s3cret");
        Credentials.Keyring keyring = Credentials.Keyring.ofHosts(Map.of("github.com", token));
        assertThat(keyring.credentialsFor(ScratchRepo.url("https://GitHub.com/a/b")))
                .isEqualTo(token);
        assertThat(keyring.credentialsFor(ScratchRepo.url("https://github.com.evil.example/a/b")))
                .isEqualTo(new Credentials.None());
        assertThat(keyring.credentialsFor(ScratchRepo.url("/srv/x.git")))
                .isEqualTo(new Credentials.None());
    }
}
