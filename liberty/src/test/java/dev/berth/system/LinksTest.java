package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walk through all pages leaves none out and asks for nothing that can't be asked for. */
final class LinksTest {
    private static List<String> all(Links links) {
        List<String> all = new ArrayList<>();
        for (String path = links.next(); path != null; path = links.next()) {
            all.add(path);
        }
        return all;
    }

    @Test
    void next_templates_areFilledWithWhatWasSeenAndNeverGivenAsTheyAre() {
        Links links = new Links();
        links.addAllOf(
                """
                {"log":"/api/v1/apps/{name}/log{?run,lines}","one":"/api/v1/resources/{kind}/{name}",
                 "pass":"/api/v1/passes/{id}","list":"/api/v1/passes{?cursor,limit}"}
                """);
        assertThat(all(links)).contains("/api/v1/passes").noneMatch(path -> path.contains("{"));

        links.addAllOf("{\"id\":\"0123456789ab\",\"resource\":\"app/shop\"}, as alert/ops says");

        assertThat(all(links))
                .containsExactlyInAnyOrder(
                        "/api/v1/apps/shop/log",
                        "/api/v1/resources/app/shop",
                        "/api/v1/resources/alert/ops",
                        "/resources/app/shop",
                        "/resources/alert/ops",
                        "/api/v1/passes/0123456789ab",
                        "/passes/0123456789ab");
    }

    @Test
    void next_linkOfAPage_isDecodedFromHtmlAndEncodedForARequest() {
        Links links = new Links();

        links.addAllOf("<a href=\"/events?a=b c&amp;d=%41&e=ü#here\">x</a><a href='/no'>");

        assertThat(all(links)).contains("/events?a=b%20c&d=%41&e=%C3%BC").doesNotContain("/no");
    }

    @Test
    void next_sameLinkTwice_isGivenOnce() {
        Links links = new Links();

        links.addAllOf("<a href=\"/a\"> <a href=\"/a\"> <a href=\"/api/v1/stream\">");

        assertThat(all(links)).containsOnlyOnce("/a").doesNotContain("/api/v1/stream");
        assertThat(links.next()).isNull();
    }
}
