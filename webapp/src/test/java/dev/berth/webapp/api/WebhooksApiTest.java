package dev.berth.webapp.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.webhook.kept.ForgeFault;
import dev.berth.reconciler.webhook.kept.ForgeFault.Matter;
import dev.berth.reconciler.webhook.kept.WebhookSetup;
import dev.berth.schemas.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WebhooksApiTest {
    private static final ForgeFault FAULT =
            new ForgeFault("github.com/acme/shop", Matter.PullRequests, "401: give it a token");

    @Test
    void read_faults_areToldByRepoWithWhatToDo() {
        WebhooksApi api =
                new WebhooksApi(
                        () ->
                                new WebhookSetup(
                                        "berth.example.com",
                                        List.of("github.com"),
                                        List.of("gitlab.com")),
                        () -> List.of(FAULT));

        assertThat(Json.write(api.standing()))
                .isEqualTo(
                        "{\"url\":\"https://berth.example.com/api/webhook\","
                                + "\"forges\":[\"github.com\"],\"without\":[\"gitlab.com\"],"
                                + "\"faults\":[{\"repo\":\"github.com/acme/shop\","
                                + "\"matter\":\"PullRequests\",\"why\":\"401: give it a token\"}]}");
    }

    @Test
    void read_configNotRead_hasNoAddress() {
        WebhooksApi api = new WebhooksApi(() -> null, List::of);

        assertThat(Json.write(api.standing()))
                .isEqualTo("{\"forges\":[],\"without\":[],\"faults\":[]}");
    }
}
