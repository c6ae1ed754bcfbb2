package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.source.VerifyPolicy;
import dev.berth.schemas.config.Instance.VerifyMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SigningRulesReaderTest {
    private static final String INSTANCE =
            """
            apiVersion: berth/v1
            kind: Instance
            metadata:
              name: home
            spec:
              source:
                verify:
                  mode: head
                  allowedSigners: signers
            """;
    private static final VerifyPolicy RULES =
            new VerifyPolicy(VerifyMode.HEAD, signers(), List.of());

    private final AgeKeys keys = Sealing.newKeys();

    private static String signers() {
        try {
            return "ada@example.com "
                    + Files.readString(Path.of("src/test/resources/signatures/ssh-ada.pub"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FakeTree tree(String instance) {
        return new FakeTree()
                .with("berth.yaml", instance)
                .with("signers", signers())
                .with("apps/shop.yaml", Repo.app("shop", "{image: busybox}"));
    }

    @Test
    void of_plainInstance_areItsRules() throws Exception {
        assertThat(new SigningRulesReader().of(tree(INSTANCE))).isEqualTo(RULES);
    }

    @Test
    void of_whollySealedInstance_areItsRulesToo() throws Exception {
        assertThat(new SigningRulesReader(() -> keys).of(tree(Sealing.whole(INSTANCE, keys))))
                .isEqualTo(RULES);
    }

    /** Nothing known is not nothing wanted: else a lost key would switch verification off. */
    @Test
    void of_sealedFileThatMayHaveIt_isNotKnown() {
        FakeTree tree = tree(Sealing.whole(INSTANCE, keys));

        assertThatThrownBy(() -> new SigningRulesReader().of(tree))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageContaining("add the identity to keys/age.txt");
    }

    @Test
    void of_sealedFileBesideAPlainInstance_doesNotMatter() throws Exception {
        FakeTree tree =
                tree(INSTANCE)
                        .with(
                                "secrets.yaml",
                                Sealing.whole(
                                        "apiVersion: berth/v1\nkind: Secret\nmetadata:\n  name:"
                                                + " api\ndata:\n  a: b\n",
                                        keys));

        assertThat(new SigningRulesReader().of(tree)).isEqualTo(RULES);
    }
}
