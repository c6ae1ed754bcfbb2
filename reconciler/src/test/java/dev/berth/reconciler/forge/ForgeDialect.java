package dev.berth.reconciler.forge;

import static java.util.Objects.requireNonNull;

import dev.berth.reconciler.forge.ForgeDouble.Asked;
import dev.berth.reconciler.forge.ForgeDouble.Kind;
import dev.berth.reconciler.forge.ForgeDouble.Reply;
import dev.berth.reconciler.forge.ForgeState.Pull;
import dev.berth.schemas.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the three APIs ask and answer, as far as Berth speaks with them. */
record ForgeDialect(Kind kind, ForgeState state) {
    private static final Pattern REPO = Pattern.compile("/repos/([^/]+/[^/]+)(/.*)");
    private static final Pattern PROJECT = Pattern.compile("/projects/([^/]+)(/.*)");

    Reply answer(Asked asked) {
        Reply refusal = kind == Kind.GITHUB ? asApp(asked) : null;
        if (refusal != null) {
            return refusal;
        } else if (!isKnown(asked)) {
            return Reply.error(401, "Bad credentials");
        } else if (asked.path().equals("/user")) {
            return Reply.of("user", 200, user(ForgeState.US));
        }
        Matcher at = (kind == Kind.GITLAB ? PROJECT : REPO).matcher(asked.path());
        if (!at.matches()) {
            return Reply.error(404, "Not Found");
        }
        String repo = decoded(at.group(1));
        String to = state.newName(repo);
        if (to != null) {
            String path =
                    kind == Kind.GITLAB
                            ? "/projects/" + to.replace("/", "%2F") + at.group(2)
                            : "/repos/" + to + at.group(2);
            String query = asked.query().isEmpty() ? "" : "?" + asked.query();
            return Reply.error(asked.method().equals("GET") ? 301 : 307, "Moved Permanently")
                    .with("Location", kind.base + path + query);
        } else if (!state.has(repo)) {
            return Reply.error(404, kind == Kind.GITLAB ? "404 Project Not Found" : "Not Found");
        }
        return answer(asked, repo, at.group(2));
    }

    private boolean isKnown(Asked asked) {
        String field = kind == Kind.GITLAB ? "private-token" : "authorization";
        String scheme =
                switch (kind) {
                    case GITHUB -> "Bearer ";
                    case GITLAB -> "";
                    case GITEA -> "token ";
                };
        String given = asked.fields().getOrDefault(field, "");
        String token = given.startsWith(scheme) ? given.substring(scheme.length()) : "";
        return token.equals(ForgeDouble.TOKEN) || state.isAppToken(token);
    }

    private Reply answer(Asked asked, String repo, String path) {
        String pulls = kind == Kind.GITLAB ? "merge_requests" : "pulls";
        String line = asked.method() + " " + path;
        if (line.equals("GET /" + pulls)) {
            return paged("pulls", asked, state.open(repo).stream().map(this::pull).toList());
        }
        Matcher m = Pattern.compile("GET /" + pulls + "/([0-9]+)").matcher(line);
        if (m.matches()) {
            int number = Integer.parseInt(m.group(1));
            return state.all(repo).stream()
                    .filter(p -> p.number() == number)
                    .map(p -> Reply.of("pull", 200, single(p)))
                    .findFirst()
                    .orElse(Reply.error(404, "404 Not found"));
        }
        m = Pattern.compile("POST /statuses/([0-9a-f]{40})").matcher(line);
        if (m.matches()) {
            return status(asked, repo, m.group(1));
        }
        m =
                Pattern.compile(
                                "GET /(issues|merge_requests)/([0-9]+)/(events|timeline|resource_label_events)")
                        .matcher(line);
        if (m.matches()) {
            int number = Integer.parseInt(m.group(2));
            return paged("events", asked, events(repo, number));
        }
        m = Pattern.compile("GET /merge_requests/([0-9]+)/versions").matcher(line);
        if (m.matches()) {
            return paged("versions", asked, versions(repo, Integer.parseInt(m.group(1))));
        }
        Reply comments = comments(asked, repo, line);
        return comments != null ? comments : rest(asked, repo, line);
    }

    private Reply rest(Asked asked, String repo, String line) {
        Matcher m = Pattern.compile("GET /collaborators/([^/]+)/permission").matcher(line);
        if (m.matches()) {
            String user = decoded(m.group(1));
            if (user.equals("ghost")) {
                return Reply.error(404, user + " is not a user");
            }
            Map<String, @Nullable Object> answer = new LinkedHashMap<>();
            answer.put("permission", state.role(user));
            answer.put("role_name", state.role(user));
            answer.put("user", user(user));
            return Reply.of("permission", 200, answer);
        }
        m = Pattern.compile("GET /members/all/([0-9]+)").matcher(line);
        if (m.matches()) {
            return member(Long.parseLong(m.group(1)));
        }
        if (line.equals("POST /check-runs")) {
            Map<String, Object> body = object(asked.body());
            ForgeState.Check made =
                    state.add(
                            repo,
                            text(body, "head_sha"),
                            text(body, "name"),
                            text(body, "conclusion"),
                            lines(body));
            return Reply.of("check", 201, check(made));
        }
        m = Pattern.compile("PATCH /check-runs/([0-9]+)").matcher(line);
        if (m.matches()) {
            int more = lines(object(asked.body()));
            return Reply.of(
                    "check-edit", 200, check(state.lengthen(Long.parseLong(m.group(1)), more)));
        }
        return Reply.error(404, "Not Found");
    }

    private static Map<String, Object> check(ForgeState.Check check) {
        return Map.of("id", check.id(), "head_sha", check.commit(), "name", check.name());
    }

    private static int lines(Map<String, Object> body) {
        Object lines = ((Map<?, ?>) requireNonNull(body.get("output"))).get("annotations");
        int count = ((List<?>) requireNonNull(lines)).size();
        if (count > 50) {
            throw new IllegalStateException("more than 50 annotations");
        }
        return count;
    }

    private Reply member(long id) {
        String user =
                List.of("ada", "bob", "eve", ForgeState.US).stream()
                        .filter(u -> id(u) == id)
                        .findFirst()
                        .orElseThrow();
        int level =
                switch (state.role(user)) {
                    case "admin" -> 50;
                    case "write" -> 30;
                    case "read" -> 20;
                    default -> 0;
                };
        return level == 0
                ? Reply.error(404, "404 Not found")
                : Reply.of(
                        "permission",
                        200,
                        Map.of(
                                "id",
                                id,
                                "username",
                                user,
                                "state",
                                "active",
                                "access_level",
                                level));
    }

    private @Nullable Reply comments(Asked asked, String repo, String line) {
        String what =
                kind == Kind.GITLAB
                        ? "/merge_requests/([0-9]+)/notes"
                        : "/issues/([0-9]+)/comments";
        Matcher m = Pattern.compile("(GET|POST) " + what).matcher(line);
        if (m.matches()) {
            int number = Integer.parseInt(m.group(2));
            if (m.group(1).equals("POST")) {
                String body = text(object(asked.body()), "body");
                return Reply.of(
                        "comment", 201, comment(state.comment(repo, number, us(asked), body)));
            }
            List<?> all = state.comments(repo, number).stream().map(this::comment).toList();
            return kind == Kind.GITEA
                    ? Reply.of("comments", 200, all)
                            .with("X-Total-Count", Integer.toString(all.size()))
                    : paged("comments", asked, all);
        }
        m =
                Pattern.compile(
                                kind == Kind.GITLAB
                                        ? "PUT /merge_requests/[0-9]+/notes/([0-9]+)"
                                        : "PATCH /issues/comments/([0-9]+)")
                        .matcher(line);
        if (!m.matches()) {
            return null;
        }
        String body = text(object(asked.body()), "body");
        ForgeState.Comment edited = state.edit(Long.parseLong(m.group(1)), body);
        return edited == null
                ? Reply.error(404, "Not Found")
                : Reply.of("comment-edit", 200, comment(edited));
    }

    private String us(Asked asked) {
        return asked.fields().getOrDefault("authorization", "").contains("ghs_")
                ? "berth-app[bot]"
                : ForgeState.US;
    }

    private Map<String, @Nullable Object> comment(ForgeState.Comment comment) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("id", comment.id());
        all.put("body", comment.body());
        all.put(kind == Kind.GITLAB ? "author" : "user", user(comment.author()));
        if (kind == Kind.GITLAB) {
            all.put("system", false);
        }
        return all;
    }

    private Reply status(Asked asked, String repo, String commit) {
        Map<String, Object> body = object(asked.body());
        String context = text(body, kind == Kind.GITLAB ? "name" : "context");
        String now = text(body, "state");
        String before = null;
        for (ForgeState.Status status : state.statuses()) {
            boolean same = status.commit().equals(commit) && status.context().equals(context);
            before = same ? status.state() : before;
        }
        if (kind == Kind.GITLAB && now.equals(before)) {
            return Reply.error(
                    400, "Cannot transition status via :enqueue from :%s".formatted(now));
        }
        Object url = body.get("target_url");
        state.add(
                new ForgeState.Status(
                        repo,
                        commit,
                        context,
                        now,
                        text(body, "description"),
                        url == null ? null : url.toString()));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(body);
        answer.put("id", 7);
        answer.put("target_url", url == null && kind == Kind.GITEA ? "" : url);
        if (kind != Kind.GITHUB) {
            answer.put("status", answer.remove("state"));
        }
        if (kind == Kind.GITLAB) {
            answer.put("sha", commit);
        }
        return Reply.of("status", 201, answer);
    }

    private Map<String, @Nullable Object> single(Pull pull) {
        Map<String, @Nullable Object> all = pull(pull);
        if (kind == Kind.GITHUB) { // its lists do not say so
            all.put("merged", pull.state() == ForgeState.State.MERGED);
        }
        return all;
    }

    private Map<String, @Nullable Object> pull(Pull pull) {
        return kind == Kind.GITLAB ? merge(pull) : hub(pull);
    }

    private static Map<String, @Nullable Object> merge(Pull pull) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("iid", pull.number());
        all.put("title", pull.title());
        all.put("web_url", "https://forge.example/" + pull.number());
        all.put("author", Map.of("id", id(pull.author()), "username", pull.author()));
        all.put(
                "state",
                pull.state() == ForgeState.State.OPEN
                        ? "opened"
                        : pull.state().name().toLowerCase(Locale.ROOT));
        all.put("sha", pull.head().isEmpty() ? null : pull.head());
        all.put("source_branch", pull.headBranch());
        all.put("target_branch", pull.base());
        all.put("source_project_id", pull.from());
        all.put("target_project_id", ForgeState.HERE);
        all.put("draft", pull.draft());
        all.put("labels", List.copyOf(pull.labels()));
        all.put("updated_at", pull.updatedAt().toString());
        return all;
    }

    private Map<String, @Nullable Object> hub(Pull pull) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("number", pull.number());
        all.put("title", pull.title());
        all.put("html_url", "https://forge.example/" + pull.number());
        all.put("user", user(pull.author()));
        boolean open = pull.state() == ForgeState.State.OPEN;
        all.put("state", open ? "open" : "closed");
        all.put("draft", pull.draft());
        if (kind == Kind.GITEA) {
            all.put("merged", pull.state() == ForgeState.State.MERGED);
        }
        all.put(
                "labels",
                pull.labels().stream()
                        .map(
                                name ->
                                        kind == Kind.GITEA
                                                ? Map.of("id", id(name), "name", name)
                                                : Map.of("name", name))
                        .toList());
        all.put("updated_at", pull.updatedAt().toString());
        if (kind == Kind.GITEA && (pull.byRef() || pull.from() == null)) {
            all.put(
                    "head",
                    branch(
                            pull.head(),
                            "refs/pull/%d/head".formatted(pull.number()),
                            pull.byRef() ? Long.valueOf(ForgeState.HERE) : null));
        } else {
            all.put("head", branch(pull.head(), pull.headBranch(), pull.from()));
        }
        all.put("base", branch("0".repeat(40), pull.base(), ForgeState.HERE));
        return all;
    }

    private Map<String, @Nullable Object> branch(String sha, String ref, @Nullable Long repo) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("sha", sha);
        all.put("ref", ref);
        if (kind == Kind.GITEA) {
            all.put("repo_id", repo == null ? Long.valueOf(-1) : repo);
        }
        all.put("repo", repo == null ? null : Map.of("id", repo));
        return all;
    }

    /** The oldest first; GitHub tells only of heads that did not just move on. */
    private List<Map<String, @Nullable Object>> events(String repo, int number) {
        SortedMap<Long, Map<String, @Nullable Object>> all = new TreeMap<>();
        state.labelings(repo, number).forEach(each -> all.put(each.id(), event(each)));
        for (ForgeState.Push push : state.pushes(repo, number)) {
            Map<String, @Nullable Object> event = new LinkedHashMap<>();
            event.put("id", push.id());
            event.put("created_at", push.at().toString());
            switch (kind) {
                case GITHUB -> {
                    event.put("event", "head_ref_force_pushed");
                    event.put("actor", actor("bob"));
                    if (push.forced()) {
                        all.put(push.id(), event);
                    }
                }
                case GITLAB -> {} // has a list of their own
                case GITEA -> {
                    event.put("type", "pull_push");
                    event.put("body", "{\"is_force_push\":%s}".formatted(push.forced()));
                    event.put("user", user("bob"));
                    all.put(push.id(), event);
                }
            }
        }
        return List.copyOf(all.values());
    }

    /** What the head was, the newest first. */
    private List<Map<String, Object>> versions(String repo, int number) {
        List<Map<String, Object>> all = new ArrayList<>();
        all.add(version(1, "0".repeat(40), Instant.EPOCH));
        for (ForgeState.Push push : state.pushes(repo, number)) {
            all.add(version(push.id(), push.commit(), push.at()));
        }
        return all.reversed();
    }

    private static Map<String, Object> version(long id, String commit, Instant at) {
        return Map.of(
                "id",
                id,
                "head_commit_sha",
                commit,
                "created_at",
                at.toString(),
                "state",
                "collected");
    }

    private Map<String, @Nullable Object> event(ForgeState.Labeling labeling) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("id", labeling.id());
        all.put("created_at", labeling.at().toString());
        switch (kind) {
            case GITHUB -> {
                all.put("event", labeling.given() ? "labeled" : "unlabeled");
                all.put("actor", actor(labeling.by()));
                all.put("label", Map.of("name", labeling.label(), "color", "ff0000"));
            }
            case GITLAB -> {
                all.put("action", labeling.given() ? "add" : "remove");
                all.put("user", user(labeling.by()));
                all.put("label", Map.of("id", id(labeling.label()), "name", labeling.label()));
            }
            case GITEA -> {
                all.put("type", "label");
                all.put("body", labeling.given() ? "1" : "");
                all.put("user", user(labeling.by()));
                all.put("label", Map.of("id", id(labeling.label()), "name", labeling.label()));
            }
        }
        return all;
    }

    private Map<String, Object> user(String name) {
        return Map.of("id", id(name), kind == Kind.GITLAB ? "username" : "login", name);
    }

    private Map<String, Object> actor(String name) {
        Map<String, Object> all = new LinkedHashMap<>(user(name));
        all.put("type", name.endsWith("[bot]") ? "Bot" : "User");
        return all;
    }

    private static long id(String name) {
        return Math.floorMod(name.hashCode(), 100_000) + 1L;
    }

    /** Some of a list, as the question has it; with what each forge says of the rest. */
    private Reply paged(String name, Asked asked, List<?> all) {
        Map<String, String> query = new HashMap<>();
        Arrays.stream(asked.query().split("&"))
                .map(pair -> pair.split("=", 2))
                .forEach(pair -> query.put(pair[0], pair[pair.length - 1]));
        int wanted =
                Integer.parseInt(
                        query.getOrDefault(kind == Kind.GITEA ? "limit" : "per_page", "20"));
        int size = Math.min(wanted, kind == Kind.GITEA ? 50 : 100);
        int page = Integer.parseInt(query.getOrDefault("page", "1"));
        List<Object> some =
                new ArrayList<>(all.stream().skip((page - 1L) * size).limit(size).toList());
        boolean more = all.size() > (long) page * size;
        Reply reply =
                Reply.of(
                        name,
                        200,
                        kind == Kind.GITEA && name.equals("events") && some.isEmpty()
                                ? null
                                : some);
        String next = "<http://elsewhere.example/?page=%d>; rel=\"next\"".formatted(page + 1);
        String first = "<http://elsewhere.example/?page=1>; rel=\"first\"";
        String links = more ? next + ", " + first : first;
        return switch (kind) {
            case GITHUB -> etagged(asked, all.size() <= size ? reply : reply.with("Link", links));
            case GITLAB ->
                    etagged(
                            asked,
                            reply.with("X-Next-Page", more ? Integer.toString(page + 1) : "")
                                    .with("X-Total", Integer.toString(all.size()))
                                    .with("Link", links));
            case GITEA ->
                    name.equals("events")
                            ? reply.with("X-Total-Count", Integer.toString(some.size()))
                            : reply.with("X-Total-Count", Integer.toString(all.size()))
                                    .with("Link", links);
        };
    }

    private static Reply etagged(Asked asked, Reply reply) {
        String etag = "W/\"%x-%s\"".formatted(reply.body().hashCode(), asked.query().hashCode());
        Reply tagged = reply.with("ETag", etag);
        return etag.equals(asked.fields().get("if-none-match")) ? tagged.as(304) : tagged;
    }

    /** What an app asks as itself; {@code null} when it is something else. */
    private @Nullable Reply asApp(Asked asked) {
        boolean isToken = asked.path().matches("/app/installations/[0-9]+/access_tokens");
        boolean isInstallation = asked.path().matches("/repos/[^/]+/[^/]+/installation");
        if (!isToken && !isInstallation && !asked.path().equals("/app")) {
            return null;
        } else if (!isSigned(asked.fields().getOrDefault("authorization", ""))) {
            return Reply.error(401, "A JSON web token could not be decoded");
        } else if (isInstallation) {
            return Reply.of("installation", 200, Map.of("id", 77, "permissions", state.granted()));
        } else if (!isToken) {
            return Reply.of("app", 200, Map.of("id", 1, "slug", "berth-app"));
        }
        Map<?, ?> wanted = (Map<?, ?>) requireNonNull(object(asked.body()).get("permissions"));
        if (!state.granted().entrySet().containsAll(wanted.entrySet())) {
            return Reply.error(422, "The permissions requested are not granted");
        }
        return Reply.of(
                "token",
                201,
                Map.of(
                        "token",
                        state.giveToken(),
                        "expires_at",
                        Instant.now().plus(Duration.ofHours(1)).toString()));
    }

    private boolean isSigned(String authorization) {
        String[] parts = authorization.replaceFirst("Bearer ", "").split("\\.", -1);
        if (parts.length != 3) {
            return false;
        }
        Base64.Decoder base64 = Base64.getUrlDecoder();
        Map<String, Object> claims =
                object(new String(base64.decode(parts[1]), StandardCharsets.UTF_8));
        PublicKey key = state.key(text(claims, "iss"));
        long now = Instant.now().getEpochSecond();
        long from = ((Number) requireNonNull(claims.get("iat"))).longValue();
        long to = ((Number) requireNonNull(claims.get("exp"))).longValue();
        if (key == null || from > now || to < now || to > now + 600) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(base64.decode(parts[2]));
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @SuppressWarnings("unchecked") // every JSON object is such a map
    private static Map<String, Object> object(String json) {
        return Json.read(json, Map.class);
    }

    private static String text(Map<String, Object> object, String key) {
        return Objects.toString(object.get(key));
    }

    private static String decoded(String part) {
        return URLDecoder.decode(part, StandardCharsets.UTF_8);
    }
}
