package dev.berth.reconciler.forge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@link Gitea}, which is Forgejo, too. */
final class GiteaTest extends ForgeContract {
    GiteaTest() throws IOException {
        super(ForgeDouble.Kind.GITEA);
    }

    @Test
    void open_pushedToARefByWhoMayOnlyRead_isAFork() throws Exception {
        server.state().open("acme/shop", ForgeState.Pull.of(4, B).pushedToRef());

        assertThat(((Pulls.Listed) forge().open(repo, null)).pulls())
                .extracting(PullRequest::fork)
                .containsExactly(false, true);
    }

    @Test
    void open_fewerThanItCounts_isNoList() {
        IntStream.rangeClosed(1, 60)
                .forEach(n -> server.state().open("acme/shop", ForgeState.Pull.of(n, A)));
        server.say(Map.of("Link", "<x>; rel=\"first\""));

        fails(ForgeException.Kind.UNREADABLE, () -> forge().open(repo, null));
    }
}
