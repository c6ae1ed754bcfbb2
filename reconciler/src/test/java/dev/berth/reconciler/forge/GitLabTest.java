package dev.berth.reconciler.forge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@link GitLab}. */
final class GitLabTest extends ForgeContract {
    GitLabTest() throws IOException {
        super(ForgeDouble.Kind.GITLAB);
    }

    @Test
    void open_repoInGroups_isOnePartOfThePath() throws Exception {
        server.state().open("acme/web/shop", ForgeState.Pull.of(1, A));
        repo = new ForgeRepo(server.host(), "acme/web/shop");

        assertThat(((Pulls.Listed) forge().open(repo, null)).pulls()).hasSize(1);
        assertThat(server.asked().getFirst().path()).contains("acme%2Fweb%2Fshop");
    }

    @Test
    void open_noCommitYet_isNotListedAndNotProvenClosed() throws Exception {
        server.state().open("acme/shop", ForgeState.Pull.of(4, ""));

        assertThat(((Pulls.Listed) forge().open(repo, null)).pulls())
                .extracting(PullRequest::number)
                .containsExactly(3);
        fails(ForgeException.Kind.UNREADABLE, () -> forge().state(repo, 4));
    }

    @Test
    void labeled_byOneWhoIsNoMember_mayNotWrite() throws Exception {
        server.state().label("acme/shop", 3, "preview", "bob", true);

        assertThat(forge().labeled(repo, 3, "preview").mayWrite()).isFalse();
    }

    @Test
    void open_nothingChanged_isUnchanged() throws Exception {
        Forge forge = forge();
        Mark mark = ((Pulls.Listed) forge.open(repo, null)).mark();

        assertThat(forge.open(repo, mark)).isEqualTo(new Pulls.Unchanged());
    }
}
