package dev.berth.webapp.page;

import dev.berth.reconciler.status.StatusBoard;
import dev.berth.webapp.http.ErrorPage;
import dev.berth.webapp.http.Problem;
import dev.berth.webapp.view.Frame;
import dev.berth.webapp.view.Moment;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Fills templates, which escape all that they are given. Thread-safe. */
public final class PageRenderer implements ErrorPage {
    private final StatusBoard board;
    private final Assets assets;
    private final InstantSource clock;
    private final TemplateEngine engine;

    public PageRenderer(StatusBoard board, Assets assets, InstantSource clock) {
        this.board = board;
        this.assets = assets;
        this.clock = clock;
        this.engine =
                TemplateEngine.createPrecompiled(
                        null,
                        ContentType.Html,
                        PageRenderer.class.getClassLoader(),
                        "dev.berth.webapp.page.generated");
    }

    /** A template with its parameters, in the frame of all pages. */
    String render(String template, Frame frame, Map<String, Object> parameters) {
        Map<String, Object> all = new HashMap<>(parameters);
        all.put("frame", frame);
        StringOutput output = new StringOutput(16 * 1024);
        engine.render(template, all, output);
        return output.toString();
    }

    /** The frame of a page. */
    Frame frame(String title, Frame.Section section, int refreshSeconds) {
        StatusBoard.Posting posting = board.newest();
        return new Frame(
                title,
                section,
                assets.href("berth.css"),
                assets.href("berth.js"),
                posting == null ? "" : posting.pass().id(),
                posting == null ? null : Moment.of(posting.pass().startedAt(), clock.instant()),
                refreshSeconds);
    }

    @Override
    public String render(Problem problem) {
        return render(
                "problem.jte",
                frame(problem.title(), Frame.Section.None, 0),
                Map.of("problem", problem));
    }
}
