package dev.berth.webapp.view;

import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One preview in a list or on its own page. Title, branch and author are words of strangers: on one
 * line, and escaped by the templates as all is.
 *
 * @param number {@code #12}; empty for a branch
 * @param title of the pull request; of a branch its name
 * @param branch where a pull request comes from; empty for a branch, whose name is the title, and
 *     when it is not known
 * @param author login name; empty when it is not known
 * @param page of the pull request at its forge; {@code null} when there is none to go to
 * @param href its own page; {@code null} while there is no such app
 * @param tone the colour's name in the style sheet
 * @param commit that it is of, else its newest, 12 hex; empty when it is not known
 * @param newest 12 hex; {@code null} when the commit is the newest
 * @param url where it is served; {@code null} when it is not
 * @param until when it ends if nothing is pushed; {@code null} when it is not there
 * @param reason a code; empty when there is nothing to say
 * @param message may have several lines; empty likewise
 */
public record PreviewView(
        String number,
        String title,
        String branch,
        String author,
        @Nullable String page,
        @Nullable String href,
        String state,
        String tone,
        String commit,
        @Nullable String newest,
        ResourceView.@Nullable Link url,
        @Nullable Moment until,
        String reason,
        String message) {
    private static final int SHORT = 12;

    /**
     * One as the newest pass has it.
     *
     * @param there whether there is an app of it
     */
    static PreviewView of(PreviewStatus status, boolean there, Instant now) {
        boolean pull = status.number() != null;
        String shown = status.serves() == null ? status.commit() : status.serves();
        return new PreviewView(
                pull ? "#" + status.number() : "",
                pull ? status.title() : status.branch(),
                pull ? status.branch() : "",
                status.author(),
                status.page() == null ? null : ResourceView.Link.of(status.page()).href(),
                there ? "/resources/" + status.preview() : null,
                status.state().name(),
                tone(status.state()),
                shortened(shown),
                shown.equals(status.commit()) ? null : shortened(status.commit()),
                status.url() == null ? null : ResourceView.Link.of(status.url()),
                status.until() == null ? null : Moment.ahead(status.until(), now),
                status.reason() == null ? "" : status.reason().name(),
                status.message() == null ? "" : status.message().strip());
    }

    /** One that runs while it is not known what it is a preview of. */
    static PreviewView ofUnknown(ResourceStatus app) {
        PreviewId id = PreviewId.of(app.id());
        State state = State.of(app);
        return new PreviewView(
                "",
                id == null ? app.id().name() : id.key(),
                "",
                "",
                null,
                "/resources/" + app.id(),
                state.name(),
                state.tone(),
                "",
                null,
                app.urls().isEmpty() ? null : ResourceView.Link.of(app.urls().getFirst()),
                null,
                "",
                "it stays until it can be told what is open");
    }

    /** The first line of the message. */
    public String headline() {
        return message.lines().findFirst().orElse("");
    }

    /** What follows the first line: a probe's answer, lines of a log. */
    public String rest() {
        int end = message.indexOf('\n');
        return end < 0 ? "" : message.substring(end + 1).stripTrailing();
    }

    private static String shortened(String commit) {
        return commit.substring(0, Math.min(SHORT, commit.length()));
    }

    static String tone(PreviewStatus.State state) {
        return switch (state) {
            case Deploying -> "work";
            case Serving -> "good";
            case Failed -> "bad";
            case Queued, None -> "idle";
        };
    }
}
