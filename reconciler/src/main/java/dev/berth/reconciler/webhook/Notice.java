package dev.berth.reconciler.webhook;

import dev.berth.schemas.config.Instance.ForgeType;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a signed body says: a hint, which nothing is taken from but where to look.
 *
 * @param kind whether Berth is concerned
 * @param event in the sender's words; {@code null} = it has none
 * @param delivery the sender's id; {@code null} = the body has none
 * @param urls of the repo, however they are written
 * @param path of the repo on its host, where the body may have no URL; {@code null} = not known
 * @param ref what was pushed; {@code null} = nothing, or more than one
 * @param number of the pull request; {@code null} = it is about none
 * @param at when that pull request changed last, by the sender's clock; {@code null} = not said
 */
record Notice(
        Kind kind,
        @Nullable String event,
        @Nullable String delivery,
        List<String> urls,
        @Nullable String path,
        @Nullable String ref,
        @Nullable Integer number,
        PullHint.Action action,
        @Nullable Instant at) {
    private static final int LONGEST = 255;

    /** As GitLab writes dates, beside ISO's way. */
    private static final DateTimeFormatter SPACED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSS] [z][xx]", Locale.ROOT);

    /** As Bitbucket Server does, whose offsets have no colon. */
    private static final DateTimeFormatter PLAIN_OFFSET =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss[.SSS]xx", Locale.ROOT);

    private static final Set<String> PUSHES =
            Set.of(
                    "push",
                    "create",
                    "delete",
                    "tag_push",
                    "push hook",
                    "tag push hook",
                    "repo:push",
                    "repo:refs_changed",
                    "mirror:repo_synchronized",
                    "git.push");
    private static final Set<String> PULLS =
            Set.of(
                    "pull_request",
                    "pull_request_sync",
                    "pull_request_label",
                    "merge_request",
                    "merge request hook",
                    "pullrequest:created",
                    "pullrequest:updated",
                    "pullrequest:fulfilled",
                    "pullrequest:rejected",
                    "pr:opened",
                    "pr:modified",
                    "pr:from_ref_updated",
                    "pr:to_ref_updated",
                    "pr:merged",
                    "pr:declined",
                    "pr:deleted",
                    "git.pullrequest.created",
                    "git.pullrequest.updated",
                    "git.pullrequest.merged");
    private static final Set<String> PINGS = Set.of("ping", "diagnostics:ping");
    private static final Set<String> OPENED =
            Set.of(
                    "opened",
                    "reopened",
                    "open",
                    "reopen",
                    "synchronize", // code is pushed to none but open ones
                    "synchronized",
                    "pullrequest:created",
                    "pullrequest:updated",
                    "pr:opened",
                    "pr:from_ref_updated",
                    "git.pullrequest.created");
    private static final Set<String> CLOSED =
            Set.of(
                    "closed",
                    "close",
                    "merge",
                    "pullrequest:fulfilled",
                    "pullrequest:rejected",
                    "pr:merged",
                    "pr:declined",
                    "pr:deleted",
                    "completed",
                    "abandoned");

    /** Whether Berth is concerned. */
    enum Kind {
        PING,
        PUSH,
        PULL,
        OTHER
    }

    /** Where senders of one kind write what. */
    private record Fields(
            List<String> event,
            List<String> delivery,
            List<String> urls,
            List<String> ref,
            List<String> number,
            List<String> action,
            List<String> at) {
        private static final Fields OF_GITHUB =
                new Fields(
                        List.of(),
                        List.of(),
                        List.of(
                                "repository.html_url",
                                "repository.clone_url",
                                "repository.ssh_url"),
                        List.of("ref"),
                        List.of("number", "pull_request.number"),
                        List.of("action"),
                        List.of("pull_request.updated_at"));
        private static final Fields OF_GITLAB =
                new Fields(
                        List.of("object_kind", "event_name"),
                        List.of(),
                        List.of("project.web_url", "project.git_http_url", "project.git_ssh_url"),
                        List.of("ref"),
                        List.of("object_attributes.iid"),
                        List.of("object_attributes.action"),
                        List.of("object_attributes.updated_at"));
        private static final Fields OF_BITBUCKET =
                new Fields(
                        List.of(),
                        List.of(),
                        List.of("repository.links.html.href"),
                        List.of("push.changes.new.name", "push.changes.old.name"),
                        List.of("pullrequest.id"),
                        List.of(),
                        List.of("pullrequest.updated_on"));
        private static final Fields OF_BITBUCKET_SERVER =
                new Fields(
                        List.of("eventKey"),
                        List.of(),
                        List.of(
                                "repository.links.clone.href",
                                "pullRequest.toRef.repository.links.clone.href"),
                        List.of("changes.refId", "changes.ref.id"),
                        List.of("pullRequest.id"),
                        List.of(),
                        List.of("date"));
        private static final Fields OF_AZURE =
                new Fields(
                        List.of("eventType"),
                        List.of("id"),
                        List.of(
                                "resource.repository.remoteUrl",
                                "resource.repository.sshUrl",
                                "resource.repository.webUrl"),
                        List.of("resource.refUpdates.name"),
                        List.of("resource.pullRequestId"),
                        List.of("resource.status"),
                        List.of("createdDate"));
        private static final Fields GENERIC =
                new Fields(
                        List.of("event"),
                        List.of("id"),
                        List.of(
                                "repository",
                                "repository.url",
                                "repository.html_url",
                                "repository.clone_url",
                                "repository.ssh_url"),
                        List.of("ref"),
                        List.of("number", "pull_request.number"),
                        List.of("action"),
                        List.of("at", "pull_request.updated_at"));
        private static final List<String> PROJECTS =
                List.of("repository.project.key", "pullRequest.toRef.repository.project.key");
        private static final List<String> SLUGS =
                List.of("repository.slug", "pullRequest.toRef.repository.slug");

        static Fields of(Dialect dialect) {
            return switch (dialect) {
                case FORGEJO, GITEA, GOGS, GITHUB -> OF_GITHUB;
                case GITLAB -> OF_GITLAB;
                case BITBUCKET -> OF_BITBUCKET;
                case BITBUCKET_SERVER -> OF_BITBUCKET_SERVER;
                case AZURE -> OF_AZURE;
                case GENERIC -> GENERIC;
            };
        }

        Set<String> all() {
            Set<String> all = new TreeSet<>();
            Stream.of(event, delivery, urls, ref, number, action, at, PROJECTS, SLUGS)
                    .forEach(all::addAll);
            return all;
        }
    }

    /**
     * Reads a body.
     *
     * @throws JsonFields.NoJsonException if it is no JSON object
     */
    static Notice read(Dialect dialect, Headers headers, InputStream body)
            throws JsonFields.NoJsonException {
        Fields fields = Fields.of(dialect);
        JsonFields found = JsonFields.read(body, fields.all());
        String event = first(found, fields.event());
        if (event == null) {
            event = dialect.event(headers);
        }
        List<String> refs = values(found, fields.ref()).distinct().toList();
        String action = first(found, fields.action());
        return new Notice(
                kind(dialect, event),
                shown(event),
                shown(first(found, fields.delivery())),
                values(found, fields.urls()).toList(),
                dialect == Dialect.BITBUCKET_SERVER ? path(found) : null,
                refs.size() == 1 ? shown(refs.getFirst()) : null,
                number(first(found, fields.number())),
                action(dialect, action == null ? event : action),
                time(first(found, fields.at())));
    }

    private static Kind kind(Dialect dialect, @Nullable String event) {
        String word = event == null ? "" : event.toLowerCase(Locale.ROOT);
        if (PINGS.contains(word)) {
            return Kind.PING;
        }
        if (PULLS.contains(word)) {
            return Kind.PULL;
        }
        return PUSHES.contains(word) || (dialect == Dialect.GENERIC && word.isEmpty())
                ? Kind.PUSH
                : Kind.OTHER;
    }

    private static PullHint.Action action(Dialect dialect, @Nullable String word) {
        if (word != null && CLOSED.contains(word)) {
            return PullHint.Action.CLOSED;
        }
        return word != null && (OPENED.contains(word) || isNew(dialect, word))
                ? PullHint.Action.OPENED
                : PullHint.Action.CHANGED;
    }

    /** Azure has no word for it but that the pull request is there. */
    private static boolean isNew(Dialect dialect, String word) {
        return dialect == Dialect.AZURE && word.equals("active");
    }

    private static @Nullable String path(JsonFields found) {
        String project = first(found, Fields.PROJECTS);
        String slug = first(found, Fields.SLUGS);
        return project == null || slug == null
                ? null
                : (project + "/" + slug).toLowerCase(Locale.ROOT);
    }

    private static Stream<String> values(JsonFields found, List<String> fields) {
        return fields.stream().flatMap(field -> found.all(field).stream());
    }

    private static @Nullable String first(JsonFields found, List<String> fields) {
        return values(found, fields).findFirst().orElse(null);
    }

    private static @Nullable Integer number(@Nullable String text) {
        return text != null && text.matches("[1-9][0-9]{0,8}") ? Integer.valueOf(text) : null;
    }

    private static @Nullable Instant time(@Nullable String text) {
        if (text != null) {
            for (DateTimeFormatter form :
                    List.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME, SPACED, PLAIN_OFFSET)) {
                try {
                    return form.parse(text, Instant::from);
                } catch (DateTimeException e) {
                    // another sender's way
                }
            }
        }
        return null;
    }

    /** As people see it; {@code null} for what nobody wants to. */
    static @Nullable String shown(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        String start = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        return start.codePoints().anyMatch(Character::isISOControl) ? null : start;
    }

    /** Where the repo is, by its URLs. */
    List<RepoAddress> addresses(ForgeSecret forge) {
        List<RepoAddress> addresses = new ArrayList<>();
        for (String url : urls) {
            RepoAddress address = RepoAddress.of(url, forge.type());
            if (address != null && forge.keeps(address)) {
                addresses.add(address);
            }
        }
        if (path != null && addresses.isEmpty() && urls.isEmpty()) {
            addresses.add(new RepoAddress(forge.host(), path));
            int port = forge.host().lastIndexOf(':');
            if (port > 0) {
                addresses.add(new RepoAddress(forge.host().substring(0, port), path));
            }
        }
        return addresses;
    }

    /** The repo as the sender names it, without login; {@code null} = it names none. */
    @Nullable String repo(ForgeType type) {
        return urls.stream()
                .map(url -> RepoAddress.of(url, type))
                .filter(address -> address != null)
                .map(address -> shown(String.valueOf(address)))
                .findFirst()
                .orElse(shown(path));
    }
}
